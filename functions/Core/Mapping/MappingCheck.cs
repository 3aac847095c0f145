using System.Globalization;

namespace LdapSync.Core.Mapping;

/// <summary>Rule U8: where no entry of a read could be mapped, not the entries but the settings are wrong, and the run fails.</summary>
public static class MappingCheck
{
    /// <summary>Judges a whole read, over all its shards.</summary>
    /// <param name="entries">Entries read.</param>
    /// <param name="problemsByField">How many of them had which <see cref="EntryProblem.Field"/> as their (first) problem.</param>
    /// <returns>Why the run must fail, naming the fields, the most frequent first; null where at least one entry was mapped or none was read.</returns>
    public static string? Failure(long entries, IReadOnlyDictionary<string, long> problemsByField)
    {
        if (entries == 0 || problemsByField.Values.Sum() < entries)
            return null;
        var fields = problemsByField.Where(field => field.Value > 0)
            .OrderByDescending(field => field.Value).ThenBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Key} ({field.Value} of {entries})"));
        return $"None of the entries that were read could be used. Attributes missing or unreadable: {string.Join(", ", fields)}. "
            + "Check the attribute names in these settings, and that the directory account may read these attributes.";
    }
}
