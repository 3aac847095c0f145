using LdapSync.Core.Settings;

namespace LdapSync.Core.Licences;

/// <summary>What a run does about the licences of one product.</summary>
/// <param name="Grants">Who gets one, in order (L1).</param>
/// <param name="Reclaims">Whose goes back (L3).</param>
/// <param name="Waiting">Who goes without, in order (L2).</param>
public sealed record LicencePlan(IReadOnlyList<LicenceWaiter> Grants, IReadOnlyList<string> Reclaims, IReadOnlyList<LicenceWaiter> Waiting);

/// <summary>Rules L1 and L3 for one product: a plain function of what is granted, who waited and who changed.</summary>
public static class LicencePlanner
{
    /// <param name="options">Of the directory.</param>
    /// <param name="product">As stored.</param>
    /// <param name="waiting">Who waited after the run before.</param>
    /// <param name="candidates">Whom this run decides about; each once.</param>
    /// <param name="holders">Those of the candidates who have a licence of the product.</param>
    public static LicencePlan Plan(
        OptionSettings options,
        LicenceProduct product,
        IReadOnlyCollection<LicenceWaiter> waiting,
        IReadOnlyCollection<LicenceCandidate> candidates,
        IReadOnlySet<string> holders)
    {
        var decided = candidates.Select(candidate => candidate.UserId).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<string> reclaims = !options.ReclaimLicences ? [] :
        [
            .. candidates.Where(candidate => !candidate.Active && holders.Contains(candidate.UserId)).Select(candidate => candidate.UserId).Order(StringComparer.Ordinal),
        ];
        if (!options.GrantLicences)
        {
            return new LicencePlan([], reclaims, []);
        }

        var queue = new SortedSet<LicenceWaiter>(waiting.Where(waiter => !decided.Contains(waiter.UserId)));
        queue.UnionWith(candidates.Where(candidate => candidate.Active && !holders.Contains(candidate.UserId))
            .Select(candidate => new LicenceWaiter(candidate.UserId, candidate.MemberSince)));
        var free = product.Available + reclaims.Count;
        return new LicencePlan([.. queue.Take(free)], reclaims, [.. queue.Skip(free)]);
    }

    /// <summary>Whether a directory's runs look after a product.</summary>
    public static bool IsInScope(OptionSettings options, string productId) =>
        (options.GrantLicences || options.ReclaimLicences)
        && (options.LicenceProducts.Count == 0 || options.LicenceProducts.Contains(productId, StringComparer.Ordinal));
}
