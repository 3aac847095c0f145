using LdapSync.Core.Mapping;
using LdapSync.Core.Records;

namespace LdapSync.Core.Tests.Planning;

/// <summary>Sets up the few people that a single test is about.</summary>
internal static class Scene
{
    public static SyncModel Of(bool onlyGroups = false) => new() { Options = new() { SynchronizeOnlyGroups = onlyGroups } };

    /// <summary>Puts a user into the directory and into groups; or changes it, with a later modification date.</summary>
    public static SyncModel With(this SyncModel world, string login, params int[] groups)
    {
        world.Write(login, user => user);
        world.Groups.UnionWith(groups.Select(group => (login, group)));
        return world;
    }

    /// <summary>The LDAP id is the first login.</summary>
    public static void Write(this SyncModel world, string ldapId, Func<MappedUser, MappedUser> change)
    {
        var entry = world.Entries.GetValueOrDefault(ldapId) ?? new Entry(new MappedUser(ldapId, $"uid={ldapId}", ldapId, $"Full {ldapId}", default));
        world.Entries[ldapId] = entry with { User = change(entry.User) };
        world.Modified.Add(ldapId);
    }

    /// <summary>A record made by hand.</summary>
    public static UserRecord ByHand(this SyncModel world, string login)
    {
        var record = new UserRecord($"ff{world.Records.Count:x30}") { Login = login, FullName = "By hand" };
        world.Records.Add(record.Id, record);
        return record;
    }

    public static void Bind(this SyncModel world, UserRecord record, string ldapId) =>
        world.Edit(record.Id, current => current with { DirectoryId = SyncModel.DirectoryId, LdapId = ldapId, BoundByHand = true, CanSignIn = current.Active });

    /// <summary>A change by hand: the state is stale afterwards.</summary>
    public static void Edit(this SyncModel world, string id, Func<UserRecord, UserRecord> change)
    {
        world.Records[id] = change(world.Records[id]);
        world.State = null;
    }

    public static UserRecord User(this SyncModel world, string ldapId) => world.LinkedTo(ldapId) ?? throw new InvalidOperationException($"Nobody is linked to {ldapId}.");

    public static bool IsMember(this SyncModel world, string ldapId, int role) => world.Members.ContainsKey((role, world.User(ldapId).Id));

    /// <summary>The plan line by line: what, of which field or role, by which rule.</summary>
    public static IEnumerable<string> Lines(this PlannedRun run) =>
        [.. run.Plan.Users.SelectMany(user => user.Changes.Select(change => $"{user.Action} {change.Field}={change.After} {change.Rule}")), .. run.Plan.Members.Select(member => $"{(member.Add ? "+" : "-")}{member.RoleId} {member.Rule}")];
}
