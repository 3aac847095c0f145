using System.Buffers;
using System.Text;

namespace LdapSync.Core.Filters;

/// <summary>Reads assertion values (RFC 4515, section 3, valueencoding) up to a bracket, an asterisk or the end.</summary>
internal sealed class FilterValueReader(string text, int position)
{
    public int Position { get; set; } = position;

    public ReadOnlyMemory<byte> Read()
    {
        var octets = new ArrayBufferWriter<byte>();
        while (Position < text.Length && text[Position] is not (')' or '*'))
        {
            switch (text[Position])
            {
                case '\\':
                    ReadEscape(octets);
                    break;
                case '(':
                    throw Error("Not allowed in a value: a literal bracket is written \\28, and the expression before must be closed with ')'");
                case '\0':
                    throw Error("Not allowed in a value: NUL is written \\00");
                default:
                    ReadRune(octets);
                    break;
            }
        }

        return octets.WrittenMemory;
    }

    private void ReadEscape(ArrayBufferWriter<byte> octets)
    {
        if (Position + 2 >= text.Length || !char.IsAsciiHexDigit(text[Position + 1]) || !char.IsAsciiHexDigit(text[Position + 2]))
            throw Error("A backslash is followed by two hexadecimal digits; a literal backslash is written \\5c");
        octets.Write([Convert.FromHexString(text.AsSpan(Position + 1, 2))[0]]);
        Position += 3;
    }

    private void ReadRune(ArrayBufferWriter<byte> octets)
    {
        if (Rune.DecodeFromUtf16(text.AsSpan(Position), out var rune, out var length) != OperationStatus.Done)
            throw Error("Half of a surrogate pair is not a character");
        octets.Advance(rune.EncodeToUtf8(octets.GetSpan(4)));
        Position += length;
    }

    private FilterSyntaxException Error(string problem) => new(problem, text, Position);
}
