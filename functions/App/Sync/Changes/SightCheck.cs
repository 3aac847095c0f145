using LdapSync.Core.Formats;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Storage.State;

namespace LdapSync.App.Sync;

/// <summary>
/// Rule G1 for mode <em>delta</em>: a search that ended well and found nothing looks the same when the account lost a right. What was not found is believed
/// only where something else agrees: that there are other users, and the lists of members as they were read.
/// </summary>
internal sealed class SightCheck(DirectorySettings settings, IDirectorySession session, ChangeStateStore changes, ChangesState state)
{
    private readonly List<(UInt128 Key, HashSet<int> Groups)> seen = [];
    private bool anybody;

    /// <summary>To be called when somebody was not found.</summary>
    /// <exception cref="UncertainChangesException">Nobody at all is found, by an id that can be read.</exception>
    public async Task RequireAnybodyAsync(CancellationToken cancellationToken)
    {
        if (anybody)
        {
            return;
        }

        var search = session.Search(new SearchRequest(
            settings.Users.SearchBase, SearchScope.Subtree, $"(&{settings.Filters.Users}({settings.Users.UserId}=*))", ["1.1"], PageSize: 0)
        {
            SizeLimit = 1,
        });
        await foreach (var _ in search.WithCancellation(cancellationToken))
        {
            anybody = true;
            return;
        }

        throw new UncertainChangesException("nobody is found among the users any more, which a lost permission looks like, too");
    }

    /// <summary>A user, by a key of now, and the groups of the closure that a search found for him.</summary>
    public void Add(UInt128 key, IEnumerable<int> found) => seen.Add((key, [.. found]));

    /// <summary>
    /// Whose key is in the list of a group that has not changed must have been found in it. Active Directory gives an account that may not read members
    /// empty lists: a group that lost its last member must not be all that is seen.
    /// </summary>
    public async Task RequireListedAsync(ListComparison comparison, CancellationToken cancellationToken)
    {
        if (comparison.AnyEmptied && !comparison.AnyListed && seen.TrueForAll(user => user.Groups.Count == 0))
        {
            throw new UncertainChangesException("a group has no member any more and no other member is seen, which a lost permission looks like, too");
        }

        var changed = comparison.Compared;
        var byKey = seen.ToLookup(user => user.Key, user => user.Groups);

        // A list cannot say more than that everybody was found there: in a group of everybody that is most of all there is to read.
        var sets = state.Lists.SelectMany((list, group) => changed.Contains(group) || seen.TrueForAll(user => user.Groups.Contains(group))
            ? []
            : list.Sets.Select(set => (Set: set, list.Section, Group: group)));
        foreach (var lists in byKey.Count == 0 ? [] : sets.GroupBy(list => list.Set))
        {
            var groups = lists.ToDictionary(list => list.Section, list => list.Group, StringComparer.Ordinal);
            await foreach (var (section, record) in changes.Lists.ReadSectionsAsync(lists.Key, groups.ContainsKey, cancellationToken))
            {
                if (byKey[StagedRecords.ReadListed(record.Span).Key].Any(found => !found.Contains(groups[section])))
                {
                    throw new UncertainChangesException(
                        "a search does not find a user in a group whose list of members has him and has not changed; look at whether the administrator login may read members");
                }
            }
        }
    }
}
