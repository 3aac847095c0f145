using System.Formats.Asn1;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Changes;

/// <summary>The values of the DirSync control ([MS-ADTS] 3.1.1.3.4.1.3): <c>SEQUENCE { flags INTEGER, maxBytes INTEGER, cookie OCTET STRING }</c> there and back.</summary>
internal static class DirSyncControl
{
    public const string Oid = "1.2.840.113556.1.4.841";
    private const int ObjectSecurity = 1;
    private const int IncrementalValues = unchecked((int)0x80000000);

    /// <param name="cookie">Null: from the beginning.</param>
    /// <param name="asReader">With object security: what the account may read, for one that lacks the right to replicate.</param>
    /// <param name="maxOctets">About as much as the server may send before it says that there is more.</param>
    public static LdapControl Request(byte[]? cookie, bool asReader, int maxOctets)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(asReader ? IncrementalValues | ObjectSecurity : IncrementalValues);
            writer.WriteInteger(maxOctets);
            writer.WriteOctetString(cookie ?? []);
        }

        return new LdapControl(Oid, Critical: true, writer.Encode());
    }

    /// <summary>What came with a result: where to go on, and whether there is more now.</summary>
    /// <exception cref="AsnContentException">There is no such control in the message.</exception>
    public static (byte[] Cookie, bool More) ReadAnswer(LdapMessage message)
    {
        var value = message.ReadControls().FirstOrDefault(control => control.Type == Oid)?.Value
            ?? throw new AsnContentException("The result of DirSync has no cookie.");
        var octets = value.ToArray();
        var reader = new BerReader(octets, 0, octets.Length).ReadConstructed(Asn1Tag.Sequence);
        var more = reader.ReadInteger() != 0;
        reader.ReadInteger();
        return (reader.ReadOctets().ToArray(), more);
    }
}
