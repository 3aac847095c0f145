using LdapSync.Core.Filters;
using LdapSync.Core.Reading;

namespace LdapSync.Ldap.Sharding;

/// <summary>
/// Splits one big search into several that can run on connections of their own. Together they find what the one finds, each entry once;
/// the reads are proven complete only together (<see cref="CompletenessProof.And"/>).
/// </summary>
public static class Shards
{
    private const string Containers = "(|(objectClass=organizationalUnit)(objectClass=container)(objectClass=organization)(objectClass=domain))";

    /// <summary>
    /// A shard for each container right below the search base, and one for the entries right below it. A base with no container is its own shard.
    /// </summary>
    /// <returns>The searches, and how complete the look for containers was: it counts as the others do.</returns>
    public static async Task<(IReadOnlyList<SearchRequest> Searches, CompletenessProof Proof)> ByContainerAsync(
        IDirectorySession session, SearchRequest request, CancellationToken cancellationToken)
    {
        if (request.Scope != SearchScope.Subtree)
        {
            return ([request], CompletenessProof.Nothing);
        }

        var look = session.Search(new SearchRequest(request.SearchBase, SearchScope.OneLevel, Containers, ["1.1"]));
        var shards = new List<SearchRequest>();
        await foreach (var container in look.WithCancellation(cancellationToken))
        {
            shards.Add(request with { SearchBase = container.DistinguishedName });
        }

        if (shards.Count == 0)
        {
            return ([request], look.Proof);
        }

        // The base itself, and what is right below it and is not a container; containers' shards begin with the container.
        shards.Add(request with { Scope = SearchScope.Base });
        shards.Add(request with { Scope = SearchScope.OneLevel, Filter = $"(&{request.Filter}(!{Containers}))" });
        return (shards, look.Proof);
    }

    /// <summary>
    /// Shards by the first character of an attribute that the server indexes for substrings or order, such as the login, and one for all entries
    /// whose value begins otherwise, or that have none. The attribute has to be single-valued.
    /// </summary>
    /// <param name="request">The whole search.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="starts">Beginnings of values, none of which begins with another; matched as the attribute matches, usually without case.</param>
    public static IReadOnlyList<SearchRequest> ByPrefix(SearchRequest request, string attribute, IReadOnlyList<string> starts)
    {
        if (starts.Count == 0)
        {
            return [request];
        }

        var conditions = starts.Select(start => $"({attribute}={FilterEscape.Escape(start)}*)").ToList();
        return
        [
            .. conditions.Select(condition => request with { Filter = $"(&{request.Filter}{condition})" }),
            request with { Filter = $"(&{request.Filter}(!(|{string.Concat(conditions)})))" },
        ];
    }
}
