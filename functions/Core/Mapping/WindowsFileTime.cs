using System.Globalization;

namespace LdapSync.Core.Mapping;

/// <summary>Windows FILETIME as Active Directory writes it: 100 ns steps since 1601-01-01 UTC, in decimal.</summary>
internal static class WindowsFileTime
{
    /// <summary>Reads a moment. 0, 0x7FFFFFFFFFFFFFFF and all that lies beyond the year 9999 mean "never": <paramref name="time"/> is null.</summary>
    /// <returns>False where the text is not a FILETIME.</returns>
    public static bool TryParse(string text, out DateTimeOffset? time)
    {
        time = null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var steps))
            return false;
        if (steps != 0 && steps <= DateTime.MaxValue.ToFileTimeUtc())
            time = new DateTimeOffset(DateTime.FromFileTimeUtc(steps));
        return true;
    }
}
