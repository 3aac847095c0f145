using System.Globalization;
using System.Numerics;
using System.Text;
using LdapSync.Core.Entries;

namespace LdapSync.Core.Filters;

/// <summary>
/// Evaluates a filter over an entry in our own process, without a schema: text compares without case, <c>&gt;=</c> and <c>&lt;=</c> as integers
/// where both sides are, Active Directory's two bitwise matching rules are known. An absent attribute makes an item false; what cannot
/// be decided is undefined, and stays so under "not" (RFC 4511, section 4.5.1.7).
/// </summary>
internal static class FilterEvaluator
{
    public const string BitAnd = "1.2.840.113556.1.4.803";
    public const string BitOr = "1.2.840.113556.1.4.804";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>True, false, or null for undefined.</summary>
    public static bool? Evaluate(LdapFilter filter, DirectoryEntry entry) => filter switch
    {
        AndFilter and => All(and.Parts.Select(part => Evaluate(part, entry))),
        OrFilter or => Any(or.Parts.Select(part => Evaluate(part, entry))),
        NotFilter not => !Evaluate(not.Part, entry),
        PresenceFilter presence => Values(entry, presence.Attribute).Any(),
        ComparisonFilter comparison => Any(Values(entry, comparison.Attribute).Select(value => Compare(comparison, value))),
        SubstringFilter substring => Any(Values(entry, substring.Attribute).Select(value => (bool?)Contains(substring, value))),
        ExtensibleFilter { DnAttributes: false, Attribute: { } attribute } extensible =>
            Any(Values(entry, attribute).Select(value => Extensible(extensible, value))),
        _ => null,
    };

    // An attribute matches its own options too: cn stands for cn;lang-de (RFC 4512, section 2.5.2).
    private static IEnumerable<ReadOnlyMemory<byte>> Values(DirectoryEntry entry, string name) => entry.Attributes
        .Where(attribute => attribute.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            && (attribute.Name.Length == name.Length || attribute.Name[name.Length] == ';'))
        .SelectMany(attribute => attribute.Values);

    private static bool? All(IEnumerable<bool?> parts) =>
        parts.Aggregate((bool?)true, (sum, part) => sum == false || part == false ? false : sum & part);

    private static bool? Any(IEnumerable<bool?> parts) =>
        parts.Aggregate((bool?)false, (sum, part) => sum == true || part == true ? true : sum | part);

    private static bool? Compare(ComparisonFilter filter, ReadOnlyMemory<byte> value) => filter.Kind switch
    {
        ComparisonKind.GreaterOrEqual => Order(value, filter.Value) is { } order ? order >= 0 : null,
        ComparisonKind.LessOrEqual => Order(value, filter.Value) is { } order ? order <= 0 : null,
        _ => IsEqual(value, filter.Value),
    };

    private static bool IsEqual(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) =>
        left.Span.SequenceEqual(right.Span)
        || (Text(left) is { } a && Text(right) is { } b && a.Equals(b, StringComparison.OrdinalIgnoreCase));

    private static int? Order(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        if (Text(left) is not { } a || Text(right) is not { } b)
            return null;
        return Integer(a) is { } x && Integer(b) is { } y ? x.CompareTo(y) : string.Compare(a, b, StringComparison.OrdinalIgnoreCase);
    }

    private static bool? Extensible(ExtensibleFilter filter, ReadOnlyMemory<byte> value)
    {
        if (filter.MatchingRule is null)
            return IsEqual(value, filter.Value);
        if (filter.MatchingRule is not (BitAnd or BitOr)
            || Integer(Text(value)) is not { } bits || Integer(Text(filter.Value)) is not { } mask)
            return null;
        return filter.MatchingRule == BitAnd ? (bits & mask) == mask : (bits & mask) != 0;
    }

    private static bool Contains(SubstringFilter filter, ReadOnlyMemory<byte> value)
    {
        if (Text(value) is not { } text)
            return false;
        var rest = text.AsSpan();
        foreach (var (piece, place) in Pieces(filter))
        {
            if (Text(piece) is not { } part)
                return false;
            var index = place switch
            {
                < 0 => rest.StartsWith(part, StringComparison.OrdinalIgnoreCase) ? 0 : -1,
                > 0 => rest.EndsWith(part, StringComparison.OrdinalIgnoreCase) ? rest.Length - part.Length : -1,
                _ => rest.IndexOf(part, StringComparison.OrdinalIgnoreCase),
            };
            if (index < 0)
                return false;
            rest = rest[(index + part.Length)..];
        }

        return true;
    }

    private static IEnumerable<(ReadOnlyMemory<byte> Piece, int Place)> Pieces(SubstringFilter filter)
    {
        if (filter.Initial is { } initial)
            yield return (initial, -1);
        foreach (var piece in filter.Any)
            yield return (piece, 0);
        if (filter.Final is { } final)
            yield return (final, 1);
    }

    private static BigInteger? Integer(string? text) =>
        BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(ReadOnlyMemory<byte> value)
    {
        try
        {
            return StrictUtf8.GetString(value.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
