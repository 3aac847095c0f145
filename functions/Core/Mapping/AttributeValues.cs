using System.Text;
using LdapSync.Core.Entries;

namespace LdapSync.Core.Mapping;

/// <summary>Reads single values from entries.</summary>
internal static class AttributeValues
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>
    /// The value of an attribute, or null where there is none. Of several it is the smallest octet by octet: directories do not keep
    /// values in an order (RFC 4511, section 4.1.7), and the choice must not change from one run to the next.
    /// </summary>
    public static ReadOnlyMemory<byte>? Single(DirectoryEntry entry, string name)
    {
        ReadOnlyMemory<byte>? smallest = null;
        foreach (var value in entry.Find(name)?.Values ?? [])
        {
            if (!value.IsEmpty && (smallest is not { } best || value.Span.SequenceCompareTo(best.Span) < 0))
                smallest = value;
        }

        return smallest;
    }

    /// <summary>The single value as trimmed text, or null where there is none or it is not printable UTF-8.</summary>
    public static string? SingleText(DirectoryEntry entry, string name) =>
        Single(entry, name) is { } value ? PrintableText(value.Span)?.Trim() : null;

    /// <summary>The value as text, or null where it is not UTF-8 or holds control characters (NUL among them).</summary>
    public static string? PrintableText(ReadOnlySpan<byte> value)
    {
        try
        {
            var text = StrictUtf8.GetString(value);
            return text.Any(char.IsControl) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
