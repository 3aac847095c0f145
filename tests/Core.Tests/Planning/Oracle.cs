using LdapSync.Core.Mapping;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Tests.Planning;

/// <summary>
/// The rules once more, in the plainest way: what records and memberships are to be after a run. It looks at the records and at what was read,
/// never at a state, a fingerprint or a plan.
/// </summary>
internal static class Oracle
{
    public static (List<UserRecord> Records, List<(int Role, string UserId)> Members) After(SyncModel world, Reading reading)
    {
        var records = world.Records.ToDictionary();
        var members = world.Members.Keys.ToHashSet();
        var linked = world.Records.Values.Where(record => record.DirectoryId == SyncModel.DirectoryId && record.LdapId is not null).ToList();
        var logins = Renames(world, reading, linked);
        foreach (var record in linked)
        {
            for (var role = 0; role < world.Linked; role++)
            {
                if (reading.Members.Contains((record.LdapId!, role)))
                {
                    members.Add((role, record.Id));
                }
                else if (reading.MembersComplete[role])
                {
                    members.Remove((role, record.Id));
                }
            }

            var inGroup = members.Any(member => member.UserId == record.Id && member.Role < world.Linked);
            var active = IsActive(world, reading, record, inGroup);
            var after = record with { Active = active, CanSignIn = active && (inGroup || record.BoundByHand) };
            records[record.Id] = Entry(reading, record.LdapId!) is { } entry ? Followed(world, after, entry) with { Login = logins[record.Id] } : after;
        }

        var candidates = reading.Users.Values
            .Where(entry => entry.Mapped && entry.User.Enabled && world.Options.ImportNewUsers && !linked.Exists(record => record.LdapId == entry.User.LdapId))
            .Where(entry => reading.Members.Any(member => member.LdapId == entry.User.LdapId)
                || (world.Options.ImportScope == ImportScope.All && !world.Options.SynchronizeOnlyGroups))
            .Select(entry => entry.User)

            // Who was imported and unbound since is a user of the application like any other.
            .Where(user => !world.Records.ContainsKey(Buckets.UserIdFor(SyncModel.DirectoryId, user.LdapId)))
            .ToList();
        foreach (var user in candidates)
        {
            // A login that a renamed user gives up in this run is free.
            var taken = world.Records.Values.Select(record => logins.GetValueOrDefault(record.Id, record.Login)).Concat(candidates.Where(other => other != user).Select(other => other.Login));
            if (!taken.Contains(user.Login, StringComparer.OrdinalIgnoreCase))
            {
                var roles = reading.Members.Where(member => member.LdapId == user.LdapId).Select(member => member.Role).ToList();
                var created = new UserRecord(Buckets.UserIdFor(SyncModel.DirectoryId, user.LdapId))
                {
                    Login = user.Login,
                    FullName = "",
                    CanSignIn = roles.Count > 0,
                    DirectoryId = SyncModel.DirectoryId,
                    LdapId = user.LdapId,
                };
                records[created.Id] = Followed(world, created, user);
                members.UnionWith(roles.Select(role => (role, created.Id)));
            }
        }

        return ([.. records.Values.OrderBy(record => record.Id, StringComparer.Ordinal)], [.. members.Order()]);
    }

    /// <summary>U3, U4, R4; what a read that is not complete does not show, stays (G1).</summary>
    private static bool IsActive(SyncModel world, Reading reading, UserRecord record, bool inGroup)
    {
        var wasRead = reading.Users.TryGetValue(record.LdapId!, out var entry);
        if ((!wasRead && !reading.UsersComplete) || (record.Protected && record.Active))
        {
            return record.Active;
        }

        if (!wasRead || !entry!.User.Enabled)
        {
            return false;
        }

        if (!world.Options.SynchronizeOnlyGroups || inGroup || record.BoundByHand || world.Linked == 0)
        {
            return true;
        }

        return !reading.MembersComplete.All(complete => complete) && record.Active;
    }

    private static MappedUser? Entry(Reading reading, string ldapId) =>
        reading.Users.TryGetValue(ldapId, out var entry) && entry.Mapped && entry.User.Enabled ? entry.User : null;

    private static UserRecord Followed(SyncModel world, UserRecord record, MappedUser user) => record with
    {
        FullName = user.FullName,
        DistinguishedName = user.DistinguishedName,
        Email = user.Email,
        Phone = world.PhoneMapped ? user.Phone : record.Phone,
        AccountId = user.Company == "ACME" ? "account-1" : null,
        JobTitleId = user.JobTitle == "Boss" ? "title-1" : null,
    };

    /// <summary>U5: of all sets of renames that could happen together, the largest. Nobody gets a login that two users want.</summary>
    private static Dictionary<string, string> Renames(SyncModel world, Reading reading, List<UserRecord> linked)
    {
        var logins = linked.ToDictionary(record => record.Id, record => record.Login);
        var wanted = linked.Where(record => Entry(reading, record.LdapId!) is not null)
            .Select(record => (record.Id, Old: record.Login, New: Entry(reading, record.LdapId!)!.Login))
            .ToList();
        foreach (var (id, _, changed) in wanted.Where(want => Same(want.Old, want.New)))
        {
            logins[id] = changed;
        }

        wanted.RemoveAll(want => Same(want.Old, want.New));
        var best = new List<(string Id, string Old, string New)>();
        for (var set = 0; set < 1 << wanted.Count; set++)
        {
            var chosen = wanted.Where((_, index) => ((set >> index) & 1) != 0).ToList();
            var possible = chosen.TrueForAll(want => wanted.Count(other => Same(other.New, want.New)) == 1
                && world.Records.Values.All(holder => !Same(holder.Login, want.New) || chosen.Exists(other => other.Id == holder.Id)));
            if (possible && chosen.Count > best.Count)
            {
                best = chosen;
            }
        }

        best.ForEach(want => logins[want.Id] = want.New);
        return logins;
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
