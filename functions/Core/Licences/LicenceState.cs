using LdapSync.Core.Settings;

namespace LdapSync.Core.Licences;

/// <summary>
/// What a directory's runs remember about licences: who waits for which product. A cache of the records, so that a run without changes
/// need not compare everybody with every grant; whatever does not fit is thrown away and everybody is compared.
/// </summary>
/// <param name="Key">Of the options and products that it was made with (<see cref="KeyOf"/>).</param>
/// <param name="Waiting">By product, in order.</param>
public sealed record LicenceState(string Key, IReadOnlyDictionary<string, IReadOnlyList<LicenceWaiter>> Waiting)
{
    /// <summary>With another key everybody has to be looked at: a product came or went, an option was switched.</summary>
    public static string KeyOf(OptionSettings options, IEnumerable<string> productIds) =>
        $"{(options.GrantLicences ? "grant" : "-")} {(options.ReclaimLicences ? "reclaim" : "-")} {string.Join(' ', productIds.Order(StringComparer.Ordinal))}";

    public bool SameAs(LicenceState other) =>
        Key == other.Key
        && Waiting.Count == other.Waiting.Count
        && Waiting.All(product => other.Waiting.TryGetValue(product.Key, out var waiting) && waiting.SequenceEqual(product.Value));
}
