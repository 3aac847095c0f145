using System.Text;

namespace LdapSync.Core.Entries;

/// <summary>An attribute description with its values, as octets (RFC 4511, section 4.1.7).</summary>
/// <param name="Name">The attribute description as the server wrote it, without a range option.</param>
/// <param name="Values">The values, at least one unless the search asked for types only. The memory belongs to the entry and stays valid.</param>
public sealed record DirectoryAttribute(string Name, IReadOnlyList<ReadOnlyMemory<byte>> Values)
{
    /// <summary>The value at <paramref name="index"/> read as UTF-8; octets that are not UTF-8 become U+FFFD.</summary>
    public string Text(int index = 0) => Encoding.UTF8.GetString(Values[index].Span);
}
