using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LdapSync.Core.Mapping;

/// <summary>Windows security identifiers ([MS-DTYP] 2.4.2): octets as in <c>objectSid</c>, text as <c>S-1-5-21-...</c>.</summary>
internal static class SecurityIdentifier
{
    private const int HeaderLength = 8;
    private const int MaximumParts = 15;

    /// <summary>The text, or null where the octets are not a security identifier.</summary>
    public static string? ToText(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < HeaderLength || octets[0] != 1 || octets[1] > MaximumParts || octets.Length != HeaderLength + (4 * octets[1]))
            return null;
        var authority = ((ulong)BinaryPrimitives.ReadUInt16BigEndian(octets[2..]) << 32) | BinaryPrimitives.ReadUInt32BigEndian(octets[4..]);
        var text = new StringBuilder("S-1-");
        if (authority <= uint.MaxValue)
            text.Append(authority);
        else
            text.Append(CultureInfo.InvariantCulture, $"0x{authority:X12}");
        for (var at = HeaderLength; at < octets.Length; at += 4)
            text.Append(CultureInfo.InvariantCulture, $"-{BinaryPrimitives.ReadUInt32LittleEndian(octets[at..])}");
        return text.ToString();
    }

    /// <summary>The octets, or null where the text is not a security identifier.</summary>
    public static byte[]? ToOctets(string text)
    {
        var parts = text.Split('-');
        if (parts.Length < 3 || parts.Length - 3 > MaximumParts || parts[0] != "S" || parts[1] != "1" || !TryAuthority(parts[2], out var authority))
            return null;
        var octets = new byte[HeaderLength + (4 * (parts.Length - 3))];
        BinaryPrimitives.WriteUInt64BigEndian(octets, authority);
        octets[0] = 1;
        octets[1] = (byte)(parts.Length - 3);
        for (var index = 3; index < parts.Length; index++)
        {
            if (!uint.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out var part))
                return null;
            BinaryPrimitives.WriteUInt32LittleEndian(octets.AsSpan(HeaderLength + (4 * (index - 3))), part);
        }

        return octets;
    }

    private static bool TryAuthority(string text, out ulong authority) =>
        (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out authority)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out authority))
        && authority < 1UL << 48;
}
