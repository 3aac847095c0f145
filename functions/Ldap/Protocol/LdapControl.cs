using System.Formats.Asn1;

namespace LdapSync.Ldap.Protocol;

/// <summary>A control of a request or an answer (RFC 4511, section 4.1.11).</summary>
internal sealed record LdapControl(string Type, bool Critical, ReadOnlyMemory<byte>? Value)
{
    public void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteText(Type);
            if (Critical)
            {
                writer.WriteBoolean(true);
            }

            if (Value is { } value)
            {
                writer.WriteOctetString(value.Span);
            }
        }
    }
}
