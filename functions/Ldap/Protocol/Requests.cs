using System.Formats.Asn1;
using System.Text;
using LdapSync.Core.Filters;
using LdapSync.Core.Reading;

namespace LdapSync.Ldap.Protocol;

/// <summary>Encodes the messages that a client sends (RFC 4511, section 4).</summary>
internal static class Requests
{
    public const string StartTlsOid = "1.3.6.1.4.1.1466.20037";

    /// <summary>The response name of the unsolicited notice of disconnection (RFC 4511, section 4.4.1).</summary>
    public const string DisconnectionOid = "1.3.6.1.4.1.1466.20036";

    private static readonly Asn1Tag SimpleTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag SaslTag = new(TagClass.ContextSpecific, 3);
    private static readonly Asn1Tag ControlsTag = new(TagClass.ContextSpecific, 0);

    public static byte[] SimpleBind(int id, string name, string password) => Write(id, LdapOperation.BindRequest, writer =>
    {
        writer.WriteInteger(3);
        writer.WriteText(name);
        writer.WriteText(password, SimpleTag);
    });

    public static byte[] SaslBind(int id, string mechanism, ReadOnlyMemory<byte>? credentials) => Write(id, LdapOperation.BindRequest, writer =>
    {
        writer.WriteInteger(3);
        writer.WriteText("");
        using (writer.PushSequence(SaslTag))
        {
            writer.WriteText(mechanism);
            if (credentials is { } octets)
            {
                writer.WriteOctetString(octets.Span);
            }
        }
    });

    public static byte[] Search(int id, SearchRequest request, LdapFilter filter, IReadOnlyList<LdapControl> controls) => Write(
        id,
        LdapOperation.SearchRequest,
        writer =>
        {
            writer.WriteText(request.SearchBase);
            writer.WriteEnumeratedValue(request.Scope);
            writer.WriteEnumeratedValue(DerefAliases.Never);
            writer.WriteInteger(0); // size limit: the server's own
            writer.WriteInteger(0); // time limit: the server's own
            writer.WriteBoolean(false); // types and values
            FilterEncoder.Write(writer, filter);
            using (writer.PushSequence())
            {
                foreach (var attribute in request.Attributes)
                {
                    writer.WriteText(attribute);
                }
            }
        },
        controls);

    public static byte[] Extended(int id, string name)
    {
        return Write(id, LdapOperation.ExtendedRequest, writer => writer.WriteText(name, new Asn1Tag(TagClass.ContextSpecific, 0)));
    }

    public static byte[] Abandon(int id, int abandoned)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            writer.WriteInteger(abandoned, new Asn1Tag(TagClass.Application, (int)LdapOperation.AbandonRequest));
        }

        return writer.Encode();
    }

    public static byte[] Unbind(int id)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            writer.WriteNull(new Asn1Tag(TagClass.Application, (int)LdapOperation.UnbindRequest));
        }

        return writer.Encode();
    }

    public static void WriteText(this AsnWriter writer, string text, Asn1Tag? tag = null) =>
        writer.WriteOctetString(Encoding.UTF8.GetBytes(text), tag);

    private static byte[] Write(
        int id, LdapOperation operation, Action<AsnWriter> content, IReadOnlyList<LdapControl>? controls = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            using (writer.PushSequence(new Asn1Tag(TagClass.Application, (int)operation)))
            {
                content(writer);
            }

            if (controls is { Count: > 0 })
            {
                using (writer.PushSequence(ControlsTag))
                {
                    foreach (var control in controls)
                    {
                        control.Write(writer);
                    }
                }
            }
        }

        return writer.Encode();
    }

    private enum DerefAliases
    {
        Never = 0,
    }
}
