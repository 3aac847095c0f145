using CsCheck;
using LdapSync.Core.Mapping;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Tests.Planning;

internal enum StepKind
{
    Write,
    Join,
    Leave,
    Enable,
    Filter,
    Map,
    OnlyGroups,
    Import,
    Scope,
    Vanish,
    Run,

    // By hand; these mark the state stale.
    Link,
    CreateRecord,
    Bind,
    Unbind,
    Protect,
    Deactivate,
    DeleteRecord,
    AddMember,
    RemoveMember,
}

/// <summary>Something that happens between runs: <paramref name="Who"/> picks the entry or record, <paramref name="Value"/> the rest.</summary>
internal sealed record Step(StepKind Kind, int Who, int Value)
{
    private static readonly string[] Logins = ["anna", "ANNA", "ben", "Ben", "cy", "dan"];
    private static readonly string?[] Companies = [null, "ACME", "acme", "Other"];
    private static readonly string?[] Titles = ["Boss", null, "boss"];

    // Entries, memberships and runs come more often than the rest.
    public static Gen<Step> Any { get; } = Gen.Select(
        Gen.Frequency(
            (4, Gen.OneOf(StepKind.Write, StepKind.Join)),
            (3, Gen.Const(StepKind.Run)),
            (4, Gen.Enum<StepKind>())),
        Gen.Int[0, 5],
        Gen.Int[0, 1023],
        (kind, who, value) => new Step(kind, who, value));

    public void Do(SyncModel world)
    {
        var ldapId = $"id-{Who}";
        var record = world.Records.Values.ElementAtOrDefault(Who);
        var role = Value % SyncModel.Roles;
        switch (Kind)
        {
            case StepKind.Write:
                var before = world.Entries.GetValueOrDefault(ldapId);
                var login = Logins[Value % Logins.Length];
                var user = new MappedUser(
                    ldapId, $"uid={login},ou={Value % 5}", login, $"Name {Value % 7}", default,
                    Value % 3 == 0 ? null : $"{login}@example.org", Companies[Value % 4], $"{Value % 2}", Titles[Value % 3], before?.User.Enabled ?? true);
                world.Entries[ldapId] = before is null ? new Entry(user) : before with { User = user };
                world.Modified.Add(ldapId);
                break;
            case StepKind.Join:
                world.Groups.Add((ldapId, role));
                break;
            case StepKind.Leave:
                world.Groups.Remove((ldapId, role));
                break;
            case StepKind.Enable:
                Change(world, ldapId, entry => entry with { User = entry.User with { Enabled = !entry.User.Enabled } }, modified: true);
                break;
            case StepKind.Filter:
                // In and out of the users filter without a later date, e.g. because the whole subtree was moved.
                Change(world, ldapId, entry => entry with { InFilter = !entry.InFilter }, modified: false);
                break;
            case StepKind.Map:
                Change(world, ldapId, entry => entry with { Mapped = !entry.Mapped }, modified: true);
                break;
            case StepKind.OnlyGroups:
                world.Options = world.Options with { SynchronizeOnlyGroups = Value % 2 == 0 };
                break;
            case StepKind.Import:
                world.Options = world.Options with { ImportNewUsers = Value % 4 != 0 };
                break;
            case StepKind.Scope:
                world.Options = world.Options with { ImportScope = Value % 2 == 0 ? ImportScope.All : ImportScope.LinkedGroups };
                break;
            case StepKind.Vanish:
                _ = world.Vanished.Remove(role) || world.Vanished.Add(role);
                break;
            case StepKind.Run:
                break;
            default:
                ByHand(world, record, role);
                world.State = null;
                break;
        }
    }

    private void ByHand(SyncModel world, UserRecord? record, int role)
    {
        if (Kind == StepKind.Link)
        {
            world.Linked = Value % (SyncModel.Roles + 1);
        }
        else if (Kind == StepKind.CreateRecord && world.IsFree(Logins[Value % Logins.Length]))
        {
            var id = $"ff{world.Records.Count:x4}{Who:x4}{Value:x22}";
            world.Records.TryAdd(id, new UserRecord(id) { Login = Logins[Value % Logins.Length], FullName = "By hand", Active = Value % 5 != 0, Phone = "999" });
        }
        else if (record is not null)
        {
            OnRecord(world, record, role);
        }
    }

    private void OnRecord(SyncModel world, UserRecord record, int role)
    {
        var linked = SyncModel.IsLinked(record);
        var other = $"id-{Value % 6}";
        switch (Kind)
        {
            case StepKind.Bind when !linked && world.Entries.ContainsKey(other) && world.LinkedTo(other) is null:
                world.Records[record.Id] = record with { DirectoryId = SyncModel.DirectoryId, LdapId = other, BoundByHand = true, CanSignIn = record.Active };
                break;
            case StepKind.Unbind when linked:
                world.Records[record.Id] = record with { DirectoryId = null, LdapId = null, DistinguishedName = null, BoundByHand = false, CanSignIn = false };
                break;
            case StepKind.Protect:
                world.Records[record.Id] = record with { Protected = !record.Protected };
                break;
            case StepKind.Deactivate:
                world.Records[record.Id] = record with { Active = false, CanSignIn = false };
                break;
            case StepKind.DeleteRecord:
                world.Records.Remove(record.Id);
                foreach (var member in world.Members.Keys.Where(member => member.UserId == record.Id).ToList())
                {
                    world.Members.Remove(member);
                }

                break;
            case StepKind.AddMember:
                world.Members.TryAdd((role, record.Id), false);
                break;
            case StepKind.RemoveMember:
                world.Members.Remove((role, record.Id));
                break;
        }
    }

    private static void Change(SyncModel world, string ldapId, Func<Entry, Entry> change, bool modified)
    {
        if (world.Entries.TryGetValue(ldapId, out var entry))
        {
            world.Entries[ldapId] = change(entry);
            if (modified)
            {
                world.Modified.Add(ldapId);
            }
        }
    }
}
