using LdapSync.App.Sync;
using LdapSync.Core.Filters;
using LdapSync.Core.Groups;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.App.Settings;

/// <summary>Who is in one group, as a run would find it.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Source">Where that is read.</param>
/// <param name="Users">Users of the users filter who are in it.</param>
/// <param name="Others">Values that name none of these users: disabled or filtered out, computers, contacts, groups that are not followed.</param>
/// <param name="NestedGroups">Groups within it.</param>
/// <param name="Complete">All members could be read.</param>
public sealed record MembersView(string Group, MembershipSource Source, long Users, long Others, int NestedGroups, bool Complete);

/// <summary>Tries the way in which members are read on one group.</summary>
internal sealed class MembersTrial(DirectorySettings settings)
{
    private readonly MemberMapper? mapper = settings.Groups.Membership == MembershipSource.Filter ? null : new(settings);
    private readonly HashSet<UInt128> users = [];
    private readonly Dictionary<string, long> primary = new(StringComparer.Ordinal);

    /// <summary>To ask for of users beside what is mapped.</summary>
    public IReadOnlyList<string> UserAttributes => mapper?.UserAttributes ?? [];

    /// <summary>A user of the users filter came by.</summary>
    public void Add(Core.Entries.DirectoryEntry user)
    {
        users.UnionWith(mapper?.UserKeys(user) ?? []);
        if (mapper?.PrimaryGroupOf(user) is { } sid)
        {
            primary[sid] = primary.GetValueOrDefault(sid) + 1;
        }
    }

    public Task<MembersView> RunAsync(IDirectorySession session, MappedGroup group, CancellationToken cancellationToken) =>
        mapper is null ? SearchAsync(session, group, cancellationToken) : ReadAsync(session, group, cancellationToken);

    private async Task<MembersView> SearchAsync(IDirectorySession session, MappedGroup group, CancellationToken cancellationToken)
    {
        var filter = GroupUsersFilter.Expand(settings.Filters.GroupUsers, group, LdapId.ToOctets(settings.Groups.GroupId, group.LdapId));
        var search = session.Search(new SearchRequest(settings.Users.SearchBase, SearchScope.Subtree, filter, [settings.Users.UserId]));
        var count = await search.LongCountAsync(cancellationToken);
        return new MembersView(group.Name, settings.Groups.Membership, count, 0, 0, search.Proof.IsComplete);
    }

    private async Task<MembersView> ReadAsync(IDirectorySession session, MappedGroup group, CancellationToken cancellationToken)
    {
        var entries = new GroupEntries(settings, session);
        var walk = new GroupWalk(settings.Groups.Nested ? await entries.ReadNamesAsync(cancellationToken) : GroupNames.None);
        walk.Add(group.LdapId);
        var (found, others) = (new HashSet<UInt128>(), new HashSet<UInt128>());
        while (walk.TakeUnread() is { Count: > 0 } unread)
        {
            await foreach (var (inner, value) in entries.ReadMembersAsync(walk, unread, cancellationToken))
            {
                if (!walk.TryNest(inner, value))
                {
                    (users.Contains(value.Key) ? found : others).Add(value.Key);
                }
            }
        }

        var closure = walk.ToClosure([0]);
        var primaries = closure.Groups.Sum(inner => inner.Sid is null ? 0 : primary.GetValueOrDefault(inner.Sid));
        return new MembersView(
            group.Name, settings.Groups.Membership, found.Count + primaries, others.Count, closure.Groups.Count - 1, closure.CompleteRoles()[0]);
    }
}
