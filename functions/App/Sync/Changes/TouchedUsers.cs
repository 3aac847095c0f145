using LdapSync.Core.Entries;
using LdapSync.Core.Groups;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;

namespace LdapSync.App.Sync;

/// <summary>Reads of some users what a full run would read: the entry by the users filter, and the groups.</summary>
internal sealed class TouchedUsers(RunContext run, GroupClosure closure, IDirectorySession session, UserStage stage, KeptLists lists, SightCheck sight)
{
    private const int IdsPerSearch = 50;

    private readonly MemberMapper members = new(run.Settings);
    private readonly Dictionary<string, int> groups = closure.Groups.Select((group, index) => (group.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index, StringComparer.Ordinal);
    private readonly Dictionary<string, int> bySid = closure.BySid();
    private readonly IReadOnlyList<int>[] roles = closure.RolesOfGroups();

    /// <summary>Groups whose lists got to know of a user whom a value means.</summary>
    public HashSet<int> Learned { get; } = [];

    /// <param name="ids">Of the users.</param>
    /// <param name="comparison">Of the lists that have changed.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>The number of memberships in linked groups.</returns>
    public async Task<long> ReadAsync(IReadOnlyCollection<string> ids, ListComparison comparison, CancellationToken cancellationToken)
    {
        if (!members.FindsGroups(session.Server.Kind))
        {
            throw new UncertainChangesException("only OpenLDAP is known to find the groups of a login whatever its case");
        }

        var (attribute, users, memberships) = (run.Settings.Users.UserId, run.Settings.Filters.Users, 0L);
        foreach (var chunk in ids.Order(StringComparer.Ordinal).Chunk(IdsPerSearch))
        {
            var entries = new List<(DirectoryEntry Entry, string LdapId)>();
            var anyOf = string.Concat(chunk.Select(id => $"({attribute}={LdapId.ToFilterValue(attribute, id)})"));
            var proof = await stage.ReadUsersAsync(session.Search, $"(&{users}(|{anyOf}))", names: false, cancellationToken, (entry, id) => entries.Add((entry, id)));
            if (!proof.IsComplete || !stage.EveryIdReadable)
            {
                throw new UncertainChangesException($"users that were touched could not be read to the end ({Proofs.Why(proof)})");
            }

            if (entries.Count < chunk.Length)
            {
                await sight.RequireAnybodyAsync(cancellationToken);
            }

            foreach (var id in chunk)
            {
                stage.AddTouched(id);
            }

            var grouped = session.Server.Controls.Contains(SearchRequest.MatchedValuesControl)
                ? await GroupsOfAllAsync(entries, cancellationToken)
                : await Pipeline.RunAsync(entries, user => GroupsOfAsync(user.Entry, cancellationToken));
            foreach (var (user, found) in grouped)
            {
                Learn(user.Entry, user.LdapId, found);
                foreach (var role in found.Concat(PrimaryOf(user.Entry)).SelectMany(group => roles[group]).Distinct())
                {
                    stage.AddMembership(user.LdapId, role);
                    memberships++;
                }
            }

            await lists.FlushIfNeededAsync(cancellationToken);
        }

        await sight.RequireListedAsync(comparison, cancellationToken);
        return memberships;
    }

    /// <summary>A value that meant nobody when the list was read may mean this user, who came into the users filter since: whoever takes it out must be known.</summary>
    private void Learn(DirectoryEntry user, string ldapId, List<int> found)
    {
        foreach (var key in members.UserKeys(user))
        {
            sight.Add(key, found);
            found.ForEach(group => lists.Add(group, key, ldapId));
        }

        Learned.UnionWith(found);
    }

    /// <summary>
    /// The groups of several users by one search, which gives of each list of members just the values that mean one of them: a server takes a long
    /// list apart once, and not once for each user.
    /// </summary>
    private async Task<IReadOnlyList<((DirectoryEntry Entry, string LdapId) User, List<int> Found)>> GroupsOfAllAsync(
        List<(DirectoryEntry Entry, string LdapId)> users, CancellationToken cancellationToken)
    {
        var found = users.ConvertAll(user => (User: user, Found: new List<int>()));
        var byKey = found.SelectMany(user => members.UserKeys(user.User.Entry).Select(key => (Key: key, user.Found))).ToLookup(user => user.Key, user => user.Found);
        List<string> conditions = [.. users.SelectMany(user => members.ConditionsOf(user.Entry))];
        if (conditions.Count == 0)
        {
            return found;
        }

        var search = session.Search(new SearchRequest(
            run.Settings.Groups.SearchBase, SearchScope.Subtree, $"(|{string.Concat(conditions)})", members.GroupAttributes)
        {
            MatchedValues = [.. conditions, $"({run.Settings.Groups.GroupId}=*)"],
        });
        await foreach (var group in search.WithCancellation(cancellationToken))
        {
            if (LdapId.TryRead(group, run.Settings.Groups.GroupId, out var id) && groups.TryGetValue(id, out var index))
            {
                foreach (var user in members.MembersOf(group).Select(value => value.Key).Distinct().SelectMany(key => byKey[key]))
                {
                    user.Add(index);
                }
            }
        }

        return search.Proof.IsComplete ? found : throw new UncertainChangesException($"the groups of users could not be read to the end ({Proofs.Why(search.Proof)})");
    }

    private async Task<List<int>> GroupsOfAsync(DirectoryEntry user, CancellationToken cancellationToken)
    {
        var found = new List<int>();
        var search = session.Search(new SearchRequest(
            run.Settings.Groups.SearchBase, SearchScope.Subtree, members.GroupsOf(user), [run.Settings.Groups.GroupId], PageSize: 0));
        await foreach (var group in search.WithCancellation(cancellationToken))
        {
            if (LdapId.TryRead(group, run.Settings.Groups.GroupId, out var id) && groups.TryGetValue(id, out var index))
            {
                found.Add(index);
            }
        }

        return search.Proof.IsComplete ? found : throw new UncertainChangesException($"the groups of a user could not be read to the end ({Proofs.Why(search.Proof)})");
    }

    private IEnumerable<int> PrimaryOf(DirectoryEntry user) => members.PrimaryGroupOf(user) is { } sid && bySid.TryGetValue(sid, out var group) ? [group] : [];
}
