namespace LdapSync.Core.Entries;

/// <summary>One entry of a directory as a search returned it (RFC 4511, section 4.5.2, SearchResultEntry).</summary>
/// <param name="DistinguishedName">The entry's distinguished name in string form (RFC 4514).</param>
/// <param name="Attributes">The attributes that were asked for and exist, in the server's order.</param>
public sealed record DirectoryEntry(string DistinguishedName, IReadOnlyList<DirectoryAttribute> Attributes)
{
    /// <summary>The attribute of that name, compared without case (RFC 4512, section 2.5), or null where the entry has none.</summary>
    public DirectoryAttribute? Find(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (string.Equals(attribute.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return attribute;
            }
        }

        return null;
    }
}
