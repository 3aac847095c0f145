using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Tests.Planning;

/// <summary>A directory and the application's records in memory: plans are made from both and applied to the records.</summary>
internal sealed class World
{
    public const string DirectoryId = "acme";

    public DirectorySettings Settings { get; set; } = new() { Users = new UserSettings { Email = "mail", Company = "o", JobTitle = "title" } };

    /// <summary>The directory's users by LDAP id.</summary>
    public Dictionary<string, MappedUser> Directory { get; } = new(StringComparer.Ordinal);

    /// <summary>LDAP ids by role index: who is in which linked group.</summary>
    public List<HashSet<string>> Groups { get; } = [];

    public List<LinkedRole> Roles { get; } = [];

    public List<bool> MembersComplete { get; } = [];

    public bool UsersComplete { get; set; } = true;

    public Dictionary<string, UserRecord> Records { get; } = new(StringComparer.Ordinal);

    /// <summary>Role id and user id; whether from the directory.</summary>
    public Dictionary<(string Role, string User), bool> Members { get; } = [];

    public Dictionary<string, string> Accounts { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> JobTitles { get; } = new(StringComparer.Ordinal);

    public World WithRole(string roleId)
    {
        Roles.Add(new LinkedRole(roleId, $"g-{roleId}", roleId, $"cn={roleId}", Found: true));
        Groups.Add(new HashSet<string>(StringComparer.Ordinal));
        MembersComplete.Add(true);
        return this;
    }

    public MappedUser Person(string ldapId, params int[] groups)
    {
        var user = new MappedUser(ldapId, $"uid={ldapId}", $"login-{ldapId}", $"Name {ldapId}", DateTimeOffset.UnixEpoch, Email: $"{ldapId}@example.test");
        Directory[ldapId] = user;
        foreach (var group in groups)
        {
            Groups[group].Add(ldapId);
        }

        return user;
    }

    public UserRecord ByHand(string login) => Add(new UserRecord(Buckets.UserIdFor("by-hand", login)) { Login = login, FullName = login });

    public UserRecord RecordOf(string ldapId) => Records.Values.Single(user => user.LdapId == ldapId);

    /// <summary>The plan for everybody as one bucket, with the state rebuilt from the records, and logins settled.</summary>
    public BucketPlan Plan(Func<string, bool>? unmapped = null)
    {
        var context = Context();
        var input = new BucketInput { State = State(context) };
        foreach (var user in Directory.Values)
        {
            if (unmapped?.Invoke(user.LdapId) == true)
            {
                input.Unmapped[user.LdapId] = user.Enabled;
            }
            else
            {
                input.Users[user.LdapId] = user;
            }
        }

        FillMemberships(input);
        return Settle(new BucketPlanner(context), input);
    }

    /// <summary>The plan in mode <em>changed</em>: attributes only of <paramref name="changed"/>, and of whom planning asks for.</summary>
    public BucketPlan PlanChanged(IReadOnlySet<string> changed, IReadOnlyList<LinkedUser>? state = null)
    {
        var context = Context();
        var wanted = changed.ToHashSet(StringComparer.Ordinal);
        while (true)
        {
            var input = new BucketInput
            {
                State = state ?? State(context),
                Presence = Directory.Values.ToDictionary(user => user.LdapId, user => user.Enabled, StringComparer.Ordinal),
            };
            foreach (var ldapId in wanted.Where(Directory.ContainsKey))
            {
                input.Users[ldapId] = Directory[ldapId];
            }

            FillMemberships(input);
            var plan = Settle(new BucketPlanner(context), input);
            if (plan.NeedAttributes.TrueForAll(wanted.Contains))
            {
                return plan;
            }

            wanted.UnionWith(plan.NeedAttributes);
        }
    }

    public void Apply(BucketPlan plan)
    {
        foreach (var operation in plan.Users)
        {
            var before = Records.GetValueOrDefault(operation.UserId) ?? new UserRecord(operation.UserId) { Login = "", FullName = "", Active = false };
            Records[operation.UserId] = operation.Changes.Aggregate(before, (user, change) => UserField.With(user, change.Field, change.After));
        }

        foreach (var member in plan.Members)
        {
            if (member.Add)
            {
                Members[(member.RoleId, member.UserId)] = true;
            }
            else
            {
                Members.Remove((member.RoleId, member.UserId));
            }
        }
    }

    public PlanContext Context() => new()
    {
        DirectoryId = DirectoryId,
        Settings = Settings,
        Roles = Roles,
        UsersComplete = UsersComplete,
        MembersComplete = MembersComplete,
        Accounts = Accounts,
        JobTitles = JobTitles,
    };

    public List<LinkedUser> State(PlanContext context) =>
        [.. Records.Values.Where(user => user.DirectoryId == DirectoryId && user.LdapId is not null).Select(user => new LinkedUser(
            user.LdapId!, user.Id, DirectoryFields.Fingerprint(DirectoryFields.OfRecord(context, user)), user.Active, user.CanSignIn, user.BoundByHand, user.Protected,
            [.. Enumerable.Range(0, Roles.Count).Where(role => Members.ContainsKey((Roles[role].RoleId, user.Id)))],
            [.. Enumerable.Range(0, Roles.Count).Where(role => Members.TryGetValue((Roles[role].RoleId, user.Id), out var fromDirectory) && !fromDirectory)]))];

    public UserRecord Add(UserRecord user) => Records[user.Id] = user;

    private void FillMemberships(BucketInput input)
    {
        for (var role = 0; role < Groups.Count; role++)
        {
            foreach (var ldapId in Groups[role])
            {
                if (!input.Memberships.TryGetValue(ldapId, out var roles))
                {
                    input.Memberships[ldapId] = roles = [];
                }

                roles.Add(role);
            }
        }
    }

    private BucketPlan Settle(BucketPlanner planner, BucketInput input)
    {
        var plan = planner.Plan(planner.Compare(input), Records);
        var holders = Records.Values.ToDictionary(user => Buckets.NormalizeLogin(user.Login), user => user.Id, StringComparer.Ordinal);
        var renames = plan.Claims.Where(claim => claim.Releases is not null).ToList();
        var refusedRenames = LoginResolver.RefusedRenames(renames, holders);
        var renamed = new SettledRenames([.. renames.Where(claim => !refusedRenames.ContainsKey(claim.UserId))]);
        var refused = LoginResolver.RefusedImports(plan.Claims.Where(claim => claim.Releases is null), holders, renamed).ToList();
        var all = refusedRenames.Keys.Concat(refused.Select(claim => claim.UserId)).ToHashSet(StringComparer.Ordinal);
        var amended = PlanAmendment.Without(plan, all);
        amended.Notes.UnionWith(refusedRenames.Values.Concat(refused).Select(claim => claim.Note));
        return amended;
    }
}
