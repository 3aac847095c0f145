using System.Runtime.CompilerServices;
using LdapSync.Core.Groups;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.App.Sync;

/// <summary>Reads entries of groups on one connection.</summary>
internal sealed class GroupEntries(DirectorySettings settings, IDirectorySession session)
{
    private const int IdsPerSearch = 50;

    private readonly MemberMapper mapper = new(settings);
    private readonly string idAttribute = settings.Groups.GroupId;

    /// <summary>The names of all groups, which tell groups within groups from users.</summary>
    public async Task<GroupNames> ReadNamesAsync(CancellationToken cancellationToken)
    {
        var names = new Dictionary<UInt128, string>();
        var search = session.Search(new SearchRequest(settings.Groups.SearchBase, SearchScope.Subtree, mapper.NestedFilter, [idAttribute]));
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            if (LdapId.TryRead(entry, idAttribute, out var id))
            {
                names[MemberKey.OfName(entry.DistinguishedName)] = id;
            }
        }

        // Without the name of a group its members would be missing, and nobody would know.
        return search.Proof.IsComplete ? new GroupNames(names) : throw new SyncRefusedException(
            $"The groups below groups.searchBase could not be listed completely ({Proofs.Why(search.Proof)}), so groups within groups cannot be followed. Nothing was changed.");
    }

    /// <summary>The values of some groups' lists of members; marks each group as read.</summary>
    public async IAsyncEnumerable<(int Group, MemberValue Value)> ReadMembersAsync(
        GroupWalk walk, IReadOnlyList<int> groups, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var chunk in groups.Chunk(IdsPerSearch))
        {
            var anyOf = string.Concat(chunk.Select(group => $"({idAttribute}={LdapId.ToFilterValue(idAttribute, walk[group].Id)})"));
            var search = session.Search(new SearchRequest(settings.Groups.SearchBase, SearchScope.Subtree, $"(|{anyOf})", mapper.GroupAttributes));
            var seen = new List<(int Group, string? Sid, bool Complete)>();
            await foreach (var entry in search.WithCancellation(cancellationToken))
            {
                if (!LdapId.TryRead(entry, idAttribute, out var id) || walk.Find(id) is not { } group)
                {
                    continue;
                }

                var any = false;
                foreach (var value in mapper.MembersOf(entry))
                {
                    any = true;
                    yield return (group, value);
                }

                seen.Add((group, mapper.SidOf(entry), any || mapper.MayBeEmpty(entry, session.Server.Kind)));
            }

            // A group that has gone in the meantime stays unread.
            foreach (var (group, sid, complete) in seen)
            {
                walk.MarkRead(group, sid, complete && search.Proof.IsComplete);
            }
        }
    }
}
