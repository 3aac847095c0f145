using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using LdapSync.Core.Entries;
using LdapSync.Core.Filters;

namespace LdapSync.Core.Mapping;

/// <summary>
/// The canonical text of an entry's id, by which it is found again after a rename or a move. One text per value and one value per text,
/// save that text ids lose white space around them and GUIDs written as text become lower case.
/// </summary>
public static class LdapId
{
    private const string HexPrefix = "0x";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly HashSet<string> GuidAttributes =
        new(StringComparer.OrdinalIgnoreCase) { "objectGUID", "mS-DS-ConsistencyGuid", "msExchMailboxGuid" };

    private static readonly HashSet<string> SidAttributes =
        new(StringComparer.OrdinalIgnoreCase) { "objectSid", "sIDHistory", "msExchMasterAccountSid" };

    /// <summary>
    /// Of GUID attributes (16 octets, the first three groups little-endian) 8-4-4-4-12 in lower case; of SID attributes <c>S-1-...</c>;
    /// of others their text where it is printable UTF-8. All the rest is <c>0x</c> and hexadecimal. Null for an empty or blank value.
    /// </summary>
    public static string? FromOctets(string attribute, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return null;
        if (GuidAttributes.Contains(attribute))
            return value.Length == 16 ? new Guid(value).ToString("D") : Hexadecimal(value);
        if (SidAttributes.Contains(attribute))
            return SecurityIdentifier.ToText(value) ?? Hexadecimal(value);
        if (AttributeValues.PrintableText(value)?.Trim() is not { } text || text.StartsWith(HexPrefix, StringComparison.OrdinalIgnoreCase))
            return Hexadecimal(value);
        if (text.Length == 0)
            return null;
        return Guid.TryParseExact(text, "D", out var guid) ? guid.ToString("D") : text;
    }

    /// <summary>The id of an entry, where it has one that can be read.</summary>
    public static bool TryRead(DirectoryEntry entry, string attribute, [NotNullWhen(true)] out string? ldapId)
    {
        ldapId = AttributeValues.Single(entry, attribute) is { } value ? FromOctets(attribute, value.Span) : null;
        return ldapId is not null;
    }

    /// <summary>The value to write into a filter for this id (rule S2): GUIDs and SIDs as escaped octets.</summary>
    public static string ToFilterValue(string attribute, string ldapId) => FilterEscape.Escape(ToOctets(attribute, ldapId));

    /// <summary>The way back: the octets to compare with in a filter (rule S2).</summary>
    public static byte[] ToOctets(string attribute, string ldapId)
    {
        if (GuidAttributes.Contains(attribute) && Guid.TryParseExact(ldapId, "D", out var guid))
            return guid.ToByteArray();
        if (SidAttributes.Contains(attribute) && SecurityIdentifier.ToOctets(ldapId) is { } sid)
            return sid;
        if (ldapId.StartsWith(HexPrefix, StringComparison.Ordinal) && ldapId.Length % 2 == 0 && ldapId.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0)
            return Convert.FromHexString(ldapId.AsSpan(2));
        return Encoding.UTF8.GetBytes(ldapId);
    }

    private static string Hexadecimal(ReadOnlySpan<byte> value) => HexPrefix + Convert.ToHexStringLower(value);
}
