using System.Globalization;
using System.Text;

namespace LdapSync.Core.Filters;

/// <summary>Writes values so that they stand for themselves in a filter's text (RFC 4515, section 3, valueencoding).</summary>
public static class FilterEscape
{
    /// <summary>A text value: brackets, asterisk, backslash, control characters and a leading <c>&lt;</c> or <c>&gt;</c> become <c>\xx</c>.</summary>
    public static string Escape(string value) => EscapeText(Encoding.UTF8.GetBytes(value));

    /// <summary>A binary value: every octet becomes <c>\xx</c>.</summary>
    public static string Escape(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder(value.Length * 3);
        foreach (var octet in value)
            AppendOctet(text, octet);
        return text.ToString();
    }

    /// <summary>A value of either kind: what is UTF-8 stays readable, other octets become <c>\xx</c>.</summary>
    internal static string EscapeText(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder(value.Length + 16);
        while (!value.IsEmpty)
        {
            var isRune = Rune.DecodeFromUtf8(value, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isRune && !MustEscape(rune, first: text.Length == 0))
                text.Append(rune);
            else
                foreach (var octet in value[..length])
                    AppendOctet(text, octet);
            value = value[length..];
        }

        return text.ToString();
    }

    private static bool MustEscape(Rune rune, bool first) =>
        rune.Value is '(' or ')' or '*' or '\\' || (first && rune.Value is '<' or '>') || Rune.IsControl(rune);

    private static void AppendOctet(StringBuilder text, byte octet) =>
        text.Append(CultureInfo.InvariantCulture, $"\\{octet:x2}");
}
