using System.Buffers;
using System.Formats.Asn1;

namespace LdapSync.Ldap.Protocol;

/// <summary>The operations that we send or receive, by application tag (RFC 4511, section 4).</summary>
internal enum LdapOperation
{
    BindRequest = 0,
    BindResponse = 1,
    UnbindRequest = 2,
    SearchRequest = 3,
    SearchResultEntry = 4,
    SearchResultDone = 5,
    AbandonRequest = 16,
    SearchResultReference = 19,
    ExtendedRequest = 23,
    ExtendedResponse = 24,
    IntermediateResponse = 25,
}

/// <summary>One message from a server, in a buffer of its own.</summary>
/// <param name="Id">The message id; 0 is an unsolicited notification.</param>
/// <param name="Operation">The kind of answer.</param>
/// <param name="Buffer">The whole message.</param>
/// <param name="Content">Where the operation's content starts in the buffer.</param>
/// <param name="End">Where it ends; controls may follow.</param>
internal readonly record struct LdapMessage(int Id, LdapOperation Operation, byte[] Buffer, int Content, int End)
{
    private const byte Sequence = 0x30;
    private static readonly Asn1Tag ControlsTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    public BerReader Reader => new(Buffer, Content, End);

    /// <summary>Takes one whole message from the front of <paramref name="octets"/>; false when more octets are needed.</summary>
    /// <exception cref="AsnContentException">The octets do not begin an LDAP message, or one longer than <paramref name="maxLength"/>.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> octets, int maxLength, out LdapMessage message)
    {
        message = default;
        if (!TryReadLength(octets, maxLength, out var length) || octets.Length < length)
        {
            return false;
        }

        var buffer = GC.AllocateUninitializedArray<byte>(length);
        octets.Slice(0, length).CopyTo(buffer);
        octets = octets.Slice(length);
        message = Parse(buffer);
        return true;
    }

    public static LdapMessage Parse(byte[] buffer)
    {
        var outer = new BerReader(buffer, 0, buffer.Length);
        var message = outer.ReadConstructed(Asn1Tag.Sequence);
        var id = message.ReadInteger();
        var (operation, content, end) = message.ReadApplication();
        return new LdapMessage(id, (LdapOperation)operation, buffer, content, end);
    }

    /// <summary>The controls that came with the message (RFC 4511, section 4.1.11).</summary>
    public IReadOnlyList<LdapControl> ReadControls()
    {
        var rest = new BerReader(Buffer, End, Buffer.Length);
        if (!rest.IsNext(ControlsTag))
        {
            return [];
        }

        var controls = new List<LdapControl>();
        for (var list = rest.ReadConstructed(ControlsTag); list.HasData;)
        {
            var control = list.ReadConstructed(Asn1Tag.Sequence);
            var type = control.ReadText();
            var critical = control.IsNext(Asn1Tag.Boolean) && control.ReadBoolean();
            var value = control.HasData ? control.ReadOctets() : (ReadOnlyMemory<byte>?)null;
            controls.Add(new LdapControl(type, critical, value));
        }

        return controls;
    }

    /// <summary>The length of the whole message from its header: this much of BER has to be known before the message is there.</summary>
    private static bool TryReadLength(ReadOnlySequence<byte> octets, int maxLength, out int length)
    {
        length = 0;
        Span<byte> header = stackalloc byte[6];
        var known = (int)Math.Min(octets.Length, header.Length);
        octets.Slice(0, known).CopyTo(header);
        if (known > 0 && header[0] != Sequence)
        {
            throw new AsnContentException($"An LDAP message begins with 0x30, this with 0x{header[0]:x2}.");
        }

        if (known < 2)
        {
            return false;
        }

        var lengthOctets = header[1] < 0x80 ? 0 : header[1] & 0x7f;
        if (header[1] == 0x80 || lengthOctets > 4)
        {
            throw new AsnContentException("A message has an indefinite length, or one of more than four octets.");
        }

        if (known < 2 + lengthOctets)
        {
            return false;
        }

        long content = lengthOctets == 0 ? header[1] : 0;
        foreach (var octet in header.Slice(2, lengthOctets))
        {
            content = (content << 8) | octet;
        }

        if (content > maxLength)
        {
            throw new AsnContentException($"A message of {content} octets is longer than the {maxLength} that are allowed.");
        }

        length = 2 + lengthOctets + (int)content;
        return true;
    }
}
