using System.Formats.Asn1;
using System.Text;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Tests.Scripted;

/// <summary>Encodes what servers answer.</summary>
internal static class Answers
{
    public static byte[] BindDone(int id, int code = 0) => Result(id, LdapOperation.BindResponse, code);

    public static byte[] SearchDone(int id, int code = 0, string diagnostic = "", params (string Type, byte[] Value)[] controls) =>
        Result(id, LdapOperation.SearchResultDone, code, diagnostic, null, controls);

    /// <summary>The unsolicited notice of disconnection (RFC 4511, section 4.4.1).</summary>
    public static byte[] Disconnection(int code) => Result(0, LdapOperation.ExtendedResponse, code, "going down", "1.3.6.1.4.1.1466.20036");

    public static byte[] Extended(int id, int code = 0) => Result(id, LdapOperation.ExtendedResponse, code);

    public static byte[] Reference(int id, string url) => Message(id, LdapOperation.SearchResultReference, writer => Write(writer, url));

    public static byte[] Entry(int id, string name, params (string Attribute, string[] Values)[] attributes) =>
        Entry(id, name, [], attributes);

    public static byte[] Entry(
        int id, string name, (string Type, byte[] Value)[] controls, params (string Attribute, string[] Values)[] attributes) => Message(
        id,
        LdapOperation.SearchResultEntry,
        writer =>
        {
            Write(writer, name);
            using (writer.PushSequence())
            {
                foreach (var (attribute, values) in attributes)
                {
                    using (writer.PushSequence())
                    {
                        Write(writer, attribute);
                        using (writer.PushSetOf())
                        {
                            foreach (var value in values)
                            {
                                Write(writer, value);
                            }
                        }
                    }
                }
            }
        },
        controls);

    public static byte[] Intermediate(int id, string type, byte[] value) => Message(id, LdapOperation.IntermediateResponse, writer =>
    {
        writer.WriteOctetString(Encoding.UTF8.GetBytes(type), new Asn1Tag(TagClass.ContextSpecific, 0));
        writer.WriteOctetString(value, new Asn1Tag(TagClass.ContextSpecific, 1));
    });

    /// <summary>A control's value that is a sequence.</summary>
    public static byte[] Sequence(Action<AsnWriter> content)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            content(writer);
        }

        return writer.Encode();
    }

    private static byte[] Result(
        int id, LdapOperation operation, int code, string diagnostic = "", string? name = null, (string Type, byte[] Value)[]? controls = null) => Message(
        id,
        operation,
        writer =>
        {
            var octets = code < 128 ? [(byte)code] : new byte[] { (byte)(code >> 8), (byte)code };
            writer.WriteEncodedValue([0x0a, (byte)octets.Length, .. octets]);
            Write(writer, "");
            Write(writer, diagnostic);
            if (name is not null)
            {
                writer.WriteOctetString(Encoding.UTF8.GetBytes(name), new Asn1Tag(TagClass.ContextSpecific, 10));
            }
        },
        controls);

    private static byte[] Message(
        int id, LdapOperation operation, Action<AsnWriter> content, (string Type, byte[] Value)[]? controls = null) => Sequence(message =>
    {
        message.WriteInteger(id);
        using (message.PushSequence(new Asn1Tag(TagClass.Application, (int)operation)))
        {
            content(message);
        }

        if (controls is { Length: > 0 })
        {
            using (message.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                foreach (var (type, value) in controls)
                {
                    using (message.PushSequence())
                    {
                        Write(message, type);
                        message.WriteOctetString(value);
                    }
                }
            }
        }
    });

    private static void Write(AsnWriter writer, string text) => writer.WriteOctetString(Encoding.UTF8.GetBytes(text));
}
