using System.Formats.Asn1;

namespace LdapSync.Ldap.Protocol;

/// <summary>The simple paged results control (RFC 2696).</summary>
internal static class PagedResults
{
    public const string Oid = "1.2.840.113556.1.4.319";

    public static LdapControl Request(int pageSize, ReadOnlyMemory<byte> cookie)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(pageSize);
            writer.WriteOctetString(cookie.Span);
        }

        return new LdapControl(Oid, Critical: false, writer.Encode());
    }

    /// <summary>The cookie of the next page; empty when the server says that this was the last page, or does not page.</summary>
    public static ReadOnlyMemory<byte> ReadCookie(IReadOnlyList<LdapControl> controls)
    {
        foreach (var control in controls)
        {
            if (control is { Type: Oid, Value: { } value })
            {
                var octets = value.ToArray();
                var sequence = new BerReader(octets, 0, octets.Length).ReadConstructed(Asn1Tag.Sequence);
                sequence.ReadInteger();
                return sequence.ReadOctets();
            }
        }

        return default;
    }
}
