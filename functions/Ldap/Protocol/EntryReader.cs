using System.Formats.Asn1;
using LdapSync.Core.Entries;

namespace LdapSync.Ldap.Protocol;

/// <summary>
/// Turns result entries into <see cref="DirectoryEntry"/>. The values are slices of the message's buffer, which the entry keeps.
/// One reader serves one search: it remembers attribute names.
/// </summary>
internal sealed class EntryReader
{
    private readonly NameTable names = new();
    private readonly List<DirectoryAttribute> attributes = [];
    private readonly List<ReadOnlyMemory<byte>> values = [];

    /// <summary>Reads an entry (RFC 4511, section 4.5.2). Attribute names are as the server sent them, range options included.</summary>
    public DirectoryEntry Read(LdapMessage message)
    {
        attributes.Clear();
        var reader = message.Reader;
        var name = reader.ReadText();
        names.Restart();
        for (var list = reader.ReadConstructed(Asn1Tag.Sequence); list.HasData;)
        {
            var attribute = list.ReadConstructed(Asn1Tag.Sequence);
            var description = names.Get(attribute.ReadOctetSpan());
            attributes.Add(new DirectoryAttribute(description, ReadValues(attribute.ReadConstructed(Asn1Tag.SetOf))));
        }

        return new DirectoryEntry(name, attributes.ToArray());
    }

    private ReadOnlyMemory<byte>[] ReadValues(BerReader set)
    {
        if (!set.HasData)
        {
            return [];
        }

        var first = set.ReadOctets();
        if (!set.HasData)
        {
            return [first];
        }

        values.Clear();
        values.Add(first);
        while (set.HasData)
        {
            values.Add(set.ReadOctets());
        }

        return values.ToArray();
    }
}
