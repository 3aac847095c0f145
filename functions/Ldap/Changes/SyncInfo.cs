using System.Formats.Asn1;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Changes;

/// <summary>The intermediate messages of content synchronization (RFC 4533, section 2.5), of which only sets of ids matter to a refresh.</summary>
internal static class SyncInfo
{
    private const string Oid = "1.3.6.1.4.1.4203.1.9.1.4";
    private static readonly Asn1Tag NameTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag ValueTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag IdSet = new(TagClass.ContextSpecific, 3, isConstructed: true);

    public static IReadOnlyList<DirectoryChange> Read(LdapMessage message)
    {
        var reader = message.Reader;
        var name = reader.IsNext(NameTag) ? reader.ReadText(NameTag) : "";
        if (name != Oid || !reader.IsNext(ValueTag))
        {
            return [];
        }

        var octets = reader.ReadOctets(ValueTag).ToArray();
        var value = new BerReader(octets, 0, octets.Length);
        if (!value.IsNext(IdSet))
        {
            return []; // a new cookie, or the end of a phase: the sync done control has the last word on both
        }

        var set = value.ReadConstructed(IdSet);
        if (set.IsNext(Asn1Tag.PrimitiveOctetString))
        {
            set.Skip();
        }

        var kind = set.IsNext(Asn1Tag.Boolean) && set.ReadBoolean() ? ChangeKind.Deleted : ChangeKind.Present;
        var changes = new List<DirectoryChange>();
        for (var ids = set.ReadConstructed(Asn1Tag.SetOf); ids.HasData;)
        {
            changes.Add(new DirectoryChange(kind, Id(ids.ReadOctetSpan()), null));
        }

        return changes;
    }

    /// <summary>An entryUUID from its 16 octets, which unlike a GUID's are all big-endian.</summary>
    public static string Id(ReadOnlySpan<byte> octets) =>
        octets.Length == 16 ? new Guid(octets, bigEndian: true).ToString("D") : throw new AsnContentException("An entryUUID has not 16 octets.");
}
