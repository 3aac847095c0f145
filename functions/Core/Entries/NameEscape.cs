using System.Buffers;
using System.Globalization;
using System.Text;

namespace LdapSync.Core.Entries;

/// <summary>Values of distinguished names as text (RFC 4514, section 2.4), and their common form for comparison.</summary>
internal static class NameEscape
{
    public static string Write(NamePart part)
    {
        if (part.IsEncoded)
            return "#" + Convert.ToHexStringLower(part.Value.Span);
        var text = new StringBuilder(part.Value.Length + 8);
        var rest = part.Value.Span;
        for (var first = true; !rest.IsEmpty; first = false)
        {
            var isRune = Rune.DecodeFromUtf8(rest, out var rune, out var length) == OperationStatus.Done;
            var atEdge = first || rest.Length == length;
            if (!isRune || Rune.IsControl(rune))
                foreach (var octet in rest[..length])
                    text.Append(CultureInfo.InvariantCulture, $"\\{octet:x2}");
            else if (rune.Value is '"' or '+' or ',' or ';' or '<' or '>' or '\\' || (rune.Value == ' ' && atEdge) || (rune.Value == '#' && first))
                text.Append('\\').Append(rune);
            else
                text.Append(rune);
            rest = rest[length..];
        }

        return text.ToString();
    }

    /// <summary>Whether nothing in a whole name is escaped or spaced in more than one way, so that lower case alone makes it comparable: nearly always.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text)
    {
        var previous = ',';
        foreach (var character in text)
        {
            if (character is '\\' or '#' or '+' or '"' or ';' or '<' or '>' || char.IsControl(character)
                || (character == ' ' && previous is ' ' or ',' or '=') || (character is ',' or '=' && previous == ' '))
                return false;
            previous = character;
        }

        return previous != ' ';
    }

    // Close to RFC 4518's preparation: lower case, outer spaces off, inner runs of spaces as one. Without Unicode normalization:
    // the framework has none in invariant globalization mode.
    public static NamePart Normalize(NamePart part)
    {
        if (part.IsEncoded || !System.Text.Unicode.Utf8.IsValid(part.Value.Span))
            return part;
        var words = part.Text.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return part with { Value = Encoding.UTF8.GetBytes(string.Join(' ', words)) };
    }
}
