using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Tests.Planning;

/// <summary>A directory user: out of the users filter it exists on, and may be changed; not mapped, its entry lacks something (U8).</summary>
internal sealed record Entry(MappedUser User, bool InFilter = true, bool Mapped = true);

/// <summary>What one run reads.</summary>
/// <param name="Users">Those of the users filter that were read.</param>
/// <param name="Members">LDAP id and index of the linked role.</param>
/// <param name="UsersComplete">Nobody is hidden.</param>
/// <param name="MembersComplete">By role: no member is hidden.</param>
internal sealed record Reading(
    IReadOnlyDictionary<string, Entry> Users, IReadOnlySet<(string LdapId, int Role)> Members, bool UsersComplete, IReadOnlyList<bool> MembersComplete);

/// <summary>An application and its directory in memory: records as dictionaries, memberships as a set, and the sync state beside them.</summary>
internal sealed class SyncModel
{
    public const string DirectoryId = "corp";
    public const int Roles = 3;

    public static IReadOnlyDictionary<string, string> Accounts { get; } = new Dictionary<string, string> { ["ACME"] = "account-1" };

    public static IReadOnlyDictionary<string, string> JobTitles { get; } = new Dictionary<string, string> { ["Boss"] = "title-1" };

    public bool PhoneMapped { get; init; } = true;

    public OptionSettings Options { get; set; } = new();

    public SortedDictionary<string, Entry> Entries { get; } = new(StringComparer.Ordinal);

    public HashSet<(string LdapId, int Role)> Groups { get; } = [];

    public SortedDictionary<string, UserRecord> Records { get; } = new(StringComparer.Ordinal);

    /// <summary>Role and user; whether the synchronization put the user in.</summary>
    public Dictionary<(int Role, string UserId), bool> Members { get; } = [];

    /// <summary>The first so many roles are linked.</summary>
    public int Linked { get; set; } = Roles;

    public HashSet<int> Vanished { get; } = [];

    /// <summary>Answers to collisions, by LDAP id.</summary>
    public Dictionary<string, CollisionAnswer> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of entries that were modified since the watermark.</summary>
    public HashSet<string> Modified { get; } = new(StringComparer.Ordinal);

    /// <summary>Null: stale, because something was changed by hand.</summary>
    public IReadOnlyList<LinkedUser>? State { get; set; } = [];

    /// <summary>LDAP ids in the queue of collisions.</summary>
    public HashSet<string> Waiting { get; } = new(StringComparer.Ordinal);

    public static bool IsLinked(UserRecord record) => record.DirectoryId == DirectoryId && record.LdapId is not null;

    public UserRecord? LinkedTo(string ldapId) => Records.Values.SingleOrDefault(record => IsLinked(record) && record.LdapId == ldapId);

    public bool IsFree(string login) => !Records.Values.Any(record => record.Login.Equals(login, StringComparison.OrdinalIgnoreCase));

    /// <summary>Everything; or with the numbered entries and members hidden where a bit says that a read is cut short.</summary>
    /// <param name="mask">Bit 0: users; bits 1 to 3: members of a role; from bit 4 on: which entries such a read lacks.</param>
    public Reading Read(int mask = 0)
    {
        var hidden = Entries.Keys.Where((_, index) => ((mask >> (4 + index)) & 1) != 0).ToHashSet(StringComparer.Ordinal);
        bool Cut(int bit) => ((mask >> bit) & 1) != 0;
        return new Reading(
            Entries.Where(entry => entry.Value.InFilter && !(Cut(0) && hidden.Contains(entry.Key))).ToDictionary(),
            Groups.Where(member => member.Role < Linked && !Vanished.Contains(member.Role) && !(Cut(1 + member.Role) && hidden.Contains(member.LdapId))).ToHashSet(),
            !Cut(0),
            [.. Enumerable.Range(0, Linked).Select(role => !Vanished.Contains(role) && !Cut(1 + role))]);
    }

    public PlanContext Context(Reading reading)
    {
        var settings = SettingsPresets.For(DirectoryKind.OpenLdap, "dc=example");
        return new PlanContext
        {
            DirectoryId = DirectoryId,
            Settings = settings with { Options = Options, Users = PhoneMapped ? settings.Users : settings.Users with { Phone = "" } },
            Roles = [.. Enumerable.Range(0, Linked).Select(role => new LinkedRole($"role-{role}", $"group-{role}", $"Group {role}", $"cn=group-{role}", !Vanished.Contains(role)))],
            UsersComplete = reading.UsersComplete,
            MembersComplete = reading.MembersComplete,
            Accounts = Accounts,
            JobTitles = JobTitles,
            Answers = Answers,
            Waiting = Waiting,
        };
    }

    /// <summary>The state made anew from the records.</summary>
    public IReadOnlyList<LinkedUser> Rebuild(PlanContext context) => [.. Records.Values.Where(IsLinked).Select(record =>
    {
        var roles = Members.Where(member => member.Key.UserId == record.Id && member.Key.Role < Linked).OrderBy(member => member.Key.Role).ToList();
        return new LinkedUser(
            record.LdapId!, record.Id, DirectoryFields.Fingerprint(DirectoryFields.OfRecord(context, record)), record.Active, record.CanSignIn,
            record.BoundByHand, record.Protected, [.. roles.Select(role => role.Key.Role)], [.. roles.Where(role => !role.Value).Select(role => role.Key.Role)]);
    })];

    public PlannedRun Plan(Reading reading, RunMode mode = RunMode.Full) => PlannedRun.Of(this, reading, mode, State);

    /// <summary>Writes a plan as the application does, state and all.</summary>
    public void Apply(PlannedRun run, Reading reading)
    {
        foreach (var operation in run.Plan.Users)
        {
            var record = operation.Action == PlannedAction.Create && !Records.ContainsKey(operation.UserId)
                ? new UserRecord(operation.UserId) { Login = "", FullName = "", Active = false }
                : Records[operation.UserId];
            Records[operation.UserId] = operation.Changes.Aggregate(record, (current, change) => UserField.With(current, change.Field, change.After));
        }

        foreach (var member in run.Plan.Members)
        {
            var key = (int.Parse(member.RoleId.AsSpan("role-".Length), System.Globalization.CultureInfo.InvariantCulture), member.UserId);
            if (member.Add)
            {
                Members[key] = true;
            }
            else
            {
                Members.Remove(key);
            }
        }

        if (reading.UsersComplete && reading.MembersComplete.All(complete => complete))
        {
            Waiting.IntersectWith(Answers.Keys);
        }

        Waiting.UnionWith(run.Refused.Values.Select(refusal => refusal.Collision!.LdapId).Concat(run.Plan.Collisions.Select(collision => collision.LdapId)));
        State = [.. run.Plan.Next];
        if (reading.UsersComplete)
        {
            Modified.Clear();
        }
    }

    public PlannedRun Run(RunMode mode = RunMode.Full, int mask = 0)
    {
        var reading = Read(mask);
        var run = Plan(reading, mode);
        Apply(run, reading);
        return run;
    }
}
