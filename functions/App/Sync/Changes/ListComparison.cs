using LdapSync.Core.Formats;
using LdapSync.Core.Groups;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Storage.Staging;
using LdapSync.Storage.State;

namespace LdapSync.App.Sync;

/// <summary>Reads the lists of members that have changed, and finds by the kept ones who joined and who left.</summary>
internal sealed class ListComparison(DirectorySettings settings, IDirectorySession session, ChangeStateStore changes, ChangesState state, KeptLists kept)
{
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);
    private readonly HashSet<int> compared = [];

    /// <summary>LDAP ids of users who are in a list now and were not, or the other way round.</summary>
    public IReadOnlyCollection<string> Touched => touched;

    /// <summary>Indexes of the groups whose lists were read.</summary>
    public IReadOnlySet<int> Compared => compared;

    /// <summary>A group that had members has none.</summary>
    public bool AnyEmptied { get; private set; }

    /// <summary>A list that was read has somebody.</summary>
    public bool AnyListed { get; private set; }

    /// <param name="changed">Ids of groups that have changed, of any group.</param>
    /// <param name="most">More joiners than this are not looked up.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="UncertainChangesException">Which groups are within which has changed, or a list cannot be read.</exception>
    public async Task CompareAsync(IReadOnlySet<string> changed, int most, CancellationToken cancellationToken)
    {
        var indexes = Enumerable.Range(0, state.Closure.Groups.Count).Where(group => changed.Contains(state.Closure.Groups[group].Id)).ToList();
        foreach (var (group, values) in await ReadAsync(indexes, cancellationToken))
        {
            compared.Add(group);
            await CompareAsync(group, values, most, cancellationToken);
        }

        if (compared.Count < indexes.Count)
        {
            throw new UncertainChangesException("a linked group, or a group within one, was removed or its members cannot be read");
        }
    }

    /// <summary>Where the lists are kept from now on: those that were read in the new set alone, those that were added to in both.</summary>
    public IReadOnlyList<KeptList> ListsWith(SegmentSet set, IReadOnlySet<int> added) => [.. state.Lists.Select((list, group) =>
        compared.Contains(group) ? list with { Sets = [set] }
        : added.Contains(group) ? list with { Sets = [.. list.Sets, set] }
        : list)];

    private async Task<Dictionary<int, List<MemberValue>>> ReadAsync(List<int> indexes, CancellationToken cancellationToken)
    {
        // The walk numbers the groups in the order they are added; nothing is followed here.
        var walk = new GroupWalk(GroupNames.None);
        indexes.ForEach(group => walk.Add(state.Closure.Groups[group].Id));
        var lists = new Dictionary<int, List<MemberValue>>();
        await foreach (var (position, value) in new GroupEntries(settings, session).ReadMembersAsync(walk, walk.TakeUnread(), cancellationToken))
        {
            if (!lists.TryGetValue(indexes[position], out var values))
            {
                lists[indexes[position]] = values = [];
            }

            values.Add(MemberKey.HasUid(value.Text) ? throw new UncertainChangesException(GroupMemberReading.UniqueIdentifiers) : value);
        }

        for (var position = 0; position < indexes.Count; position++)
        {
            if (!walk[position].Complete)
            {
                lists.Remove(indexes[position]);
            }
            else
            {
                lists.TryAdd(indexes[position], []);
            }
        }

        return lists;
    }

    private async Task CompareAsync(int group, List<MemberValue> values, int most, CancellationToken cancellationToken)
    {
        var before = new Dictionary<UInt128, string?>();
        foreach (var set in state.Lists[group].Sets)
        {
            await foreach (var record in changes.Lists.ReadAsync(set, state.Lists[group].Section, cancellationToken))
            {
                var (key, ldapId) = StagedRecords.ReadListed(record.Span);
                before[key] = ldapId;
            }
        }

        AnyEmptied |= values.Count == 0 && before.Count > 0;
        AnyListed |= values.Count > 0;
        var nested = state.Closure.Nestings.Where(nesting => nesting.Parent == group).Select(nesting => nesting.Key).ToHashSet();
        var now = values.Select(value => value.Key).ToHashSet();
        if (!nested.IsSubsetOf(now))
        {
            throw new UncertainChangesException("a group is no longer within another, or was renamed");
        }

        touched.UnionWith(before.Where(member => member.Value is not null && !now.Contains(member.Key)).Select(member => member.Value!));
        var joined = values.Where(value => !before.ContainsKey(value.Key) && !nested.Contains(value.Key)).DistinctBy(value => value.Key).ToList();
        if (joined.Count + touched.Count > most)
        {
            throw new UncertainChangesException($"more than {most} users joined or left groups, and are read faster all together");
        }

        foreach (var (value, ids) in await Pipeline.RunAsync(joined, value => FindAsync(value, cancellationToken)))
        {
            before[value.Key] = ids.Count > 0 ? ids[0] : null;
            touched.UnionWith(ids);
        }

        foreach (var key in now.Where(key => !nested.Contains(key)))
        {
            kept.Add(group, key, before[key]);
            await kept.FlushIfNeededAsync(cancellationToken);
        }
    }

    /// <summary>Whom a new value names among the users; none: somebody or something else.</summary>
    private async Task<List<string>> FindAsync(MemberValue value, CancellationToken cancellationToken)
    {
        var byName = settings.Groups.Membership == MembershipSource.Member;
        var found = byName
            ? await SearchAsync(value.Text, SearchScope.Base, settings.Filters.Users, settings.Users.UserId, cancellationToken)
            : await SearchAsync(settings.Users.SearchBase, SearchScope.Subtree, $"(&{settings.Filters.Users}{MemberMapper.LoginFilter(value.Text)})", settings.Users.UserId, cancellationToken);
        if (found.Count == 0 && settings.Groups.Nested
            && (await SearchAsync(value.Text, SearchScope.Base, new MemberMapper(settings).NestedFilter, settings.Groups.GroupId, cancellationToken)).Count > 0)
        {
            throw new UncertainChangesException("a group was put into another");
        }

        return found;
    }

    private async Task<List<string>> SearchAsync(string searchBase, SearchScope scope, string filter, string id, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        var search = session.Search(new SearchRequest(searchBase, scope, filter, [id], PageSize: 0));
        try
        {
            await foreach (var entry in search.WithCancellation(cancellationToken))
            {
                ids.Add(LdapId.TryRead(entry, id, out var ldapId) ? ldapId : throw new UncertainChangesException("an entry has no id that can be read"));
            }
        }
        catch (DirectoryException gone) when (scope == SearchScope.Base && gone.Failure is DirectoryFailure.NoSuchObject or DirectoryFailure.InvalidRequest)
        {
            return [];
        }

        return search.Proof.IsComplete ? ids : throw new UncertainChangesException($"a search was not complete ({Proofs.Why(search.Proof)})");
    }
}
