using System.Formats.Asn1;

namespace LdapSync.Ldap.Protocol;

/// <summary>
/// Walks over the elements of one BER encoding (ITU-T X.690) within a buffer and hands out slices of that buffer.
/// Only what RFC 4511, section 5.1, allows: definite lengths, primitive octet strings.
/// </summary>
/// <exception cref="AsnContentException">From every method: the octets are not what the caller asked for.</exception>
internal struct BerReader(byte[] buffer, int start, int end)
{
    private int position = start;

    public readonly bool HasData => position < end;

    public readonly bool IsNext(Asn1Tag tag) => HasData && Asn1Tag.Decode(Rest, out _) == tag;

    private readonly ReadOnlySpan<byte> Rest => buffer.AsSpan(position, end - position);

    public BerReader ReadConstructed(Asn1Tag tag)
    {
        var (offset, length) = ReadContent(tag);
        return new BerReader(buffer, offset, offset + length);
    }

    public ReadOnlyMemory<byte> ReadOctets(Asn1Tag? tag = null)
    {
        var (offset, length) = ReadContent(tag ?? Asn1Tag.PrimitiveOctetString);
        return buffer.AsMemory(offset, length);
    }

    public ReadOnlySpan<byte> ReadOctetSpan(Asn1Tag? tag = null)
    {
        var (offset, length) = ReadContent(tag ?? Asn1Tag.PrimitiveOctetString);
        return buffer.AsSpan(offset, length);
    }

    public string ReadText(Asn1Tag? tag = null) => System.Text.Encoding.UTF8.GetString(ReadOctetSpan(tag));

    public int ReadInteger()
    {
        if (!AsnDecoder.TryReadInt32(Rest, AsnEncodingRules.BER, out var value, out var consumed))
        {
            throw new AsnContentException("An integer is out of range.");
        }

        position += consumed;
        return value;
    }

    public int ReadEnumerated()
    {
        var octets = AsnDecoder.ReadEnumeratedBytes(Rest, AsnEncodingRules.BER, out var consumed);
        position += consumed;
        if (octets.Length > 4)
        {
            throw new AsnContentException("An enumerated value is out of range.");
        }

        var value = (int)(sbyte)octets[0];
        foreach (var octet in octets[1..])
        {
            value = (value << 8) | octet;
        }

        return value;
    }

    public bool ReadBoolean()
    {
        var value = AsnDecoder.ReadBoolean(Rest, AsnEncodingRules.BER, out var consumed);
        position += consumed;
        return value;
    }

    /// <summary>The next element, which has an application tag: the tag's number and where its content is in the buffer.</summary>
    public (int Tag, int Content, int End) ReadApplication()
    {
        var tag = Asn1Tag.Decode(Rest, out _);
        if (tag.TagClass != TagClass.Application)
        {
            throw new AsnContentException($"Expected an operation and found tag {tag}.");
        }

        var (offset, length) = ReadContent(tag);
        return (tag.TagValue, offset, offset + length);
    }

    public void Skip() => ReadContent(Asn1Tag.Decode(Rest, out _));

    private (int Offset, int Length) ReadContent(Asn1Tag expected)
    {
        var tag = AsnDecoder.ReadEncodedValue(Rest, AsnEncodingRules.BER, out var offset, out var length, out var consumed);
        if (tag != expected)
        {
            throw new AsnContentException($"Expected tag {expected} and found {tag}.");
        }

        if (offset + length != consumed)
        {
            throw new AsnContentException("An element has an indefinite length.");
        }

        var content = position + offset;
        position += consumed;
        return (content, length);
    }
}
