using System.Buffers;
using System.Text;
using LdapSync.Core.Filters;

namespace LdapSync.Core.Entries;

/// <summary>Reads RFC 4514, section 3. One use per text; errors are kept, not thrown, as servers' names are parsed by the thousand.</summary>
internal sealed class DistinguishedNameParser(string text)
{
    private const string Specials = "\"+,;<>";

    private int position;

    public DistinguishedNameException? Error { get; private set; }

    public DistinguishedName? Parse()
    {
        SkipSpaces();
        if (position == text.Length)
            return DistinguishedName.Root;
        var names = new List<RelativeName>();
        var parts = new List<NamePart>();
        while (ParsePart() is { } part)
        {
            parts.Add(part);
            if (Current == '+')
            {
                position++;
                continue;
            }

            names.Add(new RelativeName(parts));
            parts = [];
            if (position == text.Length)
                return new DistinguishedName(names);
            position++;
        }

        return null;
    }

    private NamePart? ParsePart()
    {
        SkipSpaces();
        var start = position;
        while (position < text.Length && text[position] != '=' && !Specials.Contains(text[position], StringComparison.Ordinal))
            position++;
        var type = text[start..position].TrimEnd(' ');
        if (AttributeDescription.CheckIdentifier(type, "an attribute name such as ou") is var (index, problem))
            return Fail(problem, start + index);
        if (Current != '=')
            return Fail("Expected '=' after the attribute name", position);
        position++;
        SkipSpaces();
        var value = Current == '#' ? ParseHexadecimal() : ParseValue();
        if (value is not { } octets)
            return null;
        return position == text.Length || Current is ',' or '+'
            ? new NamePart(type, octets.Octets, octets.IsEncoded)
            : Fail($"The character {Current} is written \\{Current} in a name", position);
    }

    private (ReadOnlyMemory<byte> Octets, bool IsEncoded)? ParseValue()
    {
        var octets = new ArrayBufferWriter<byte>();
        var kept = 0;
        while (position < text.Length && !Specials.Contains(text[position], StringComparison.Ordinal))
        {
            var isSpace = text[position] == ' ';
            if (text[position] == '\\' ? !ReadEscape(octets) : !ReadRune(octets))
                return null;
            if (!isSpace)
                kept = octets.WrittenCount;
        }

        return (octets.WrittenMemory[..kept], false);
    }

    private bool ReadEscape(ArrayBufferWriter<byte> octets)
    {
        var next = position + 1 < text.Length ? text[position + 1] : '\0';
        if (Specials.Contains(next, StringComparison.Ordinal) || next is ' ' or '#' or '=' or '\\')
        {
            octets.Write([(byte)next]);
            position += 2;
            return true;
        }

        if (position + 2 >= text.Length || !char.IsAsciiHexDigit(next) || !char.IsAsciiHexDigit(text[position + 2]))
            return Fail("A backslash is followed by a special character or two hexadecimal digits", position) is not null;
        octets.Write([Convert.FromHexString(text.AsSpan(position + 1, 2))[0]]);
        position += 3;
        return true;
    }

    private bool ReadRune(ArrayBufferWriter<byte> octets)
    {
        if (Current == '\0' || Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out var length) != OperationStatus.Done)
            return Fail("Not a character that may stand in a name", position) is not null;
        octets.Advance(rune.EncodeToUtf8(octets.GetSpan(4)));
        position += length;
        return true;
    }

    private (ReadOnlyMemory<byte> Octets, bool IsEncoded)? ParseHexadecimal()
    {
        var start = ++position;
        while (char.IsAsciiHexDigit(Current))
            position++;
        var length = position - start;
        SkipSpaces();
        if (length > 0 && length % 2 == 0)
            return (Convert.FromHexString(text.AsSpan(start, length)), true);
        Fail("After '#' an even number of hexadecimal digits is expected; a literal # is written \\#", start);
        return null;
    }

    private char Current => position < text.Length ? text[position] : '\0';

    private void SkipSpaces()
    {
        while (Current == ' ')
            position++;
    }

    private NamePart? Fail(string problem, int at)
    {
        Error = new DistinguishedNameException(problem, at);
        return null;
    }
}
