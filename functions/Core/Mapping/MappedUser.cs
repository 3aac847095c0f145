namespace LdapSync.Core.Mapping;

/// <summary>A directory user in the application's terms. A null optional value: the entry does not have the attribute (or it is not mapped).</summary>
/// <param name="LdapId">The user id attribute in canonical text: GUIDs as 8-4-4-4-12 lower case, SIDs as <c>S-1-...</c>, other text verbatim, other octets as <c>0x</c> and hexadecimal.</param>
/// <param name="DistinguishedName">Of the entry.</param>
/// <param name="Login">The login, trimmed.</param>
/// <param name="FullName">The full name, trimmed.</param>
/// <param name="Modified">The modification date as the directory tells it, UTC.</param>
/// <param name="Email">E-mail address.</param>
/// <param name="Company">Company name, compared verbatim with the accounts (U6).</param>
/// <param name="Phone">Telephone number.</param>
/// <param name="JobTitle">Job title, compared verbatim with the job titles (U7).</param>
/// <param name="Enabled">False where the entry itself says that the account is disabled, expired or locked.</param>
public sealed record MappedUser(
    string LdapId,
    string DistinguishedName,
    string Login,
    string FullName,
    DateTimeOffset Modified,
    string? Email = null,
    string? Company = null,
    string? Phone = null,
    string? JobTitle = null,
    bool Enabled = true);

/// <summary>A directory group in the application's terms.</summary>
/// <param name="LdapId">The group id attribute in canonical text, like <see cref="MappedUser.LdapId"/>.</param>
/// <param name="Name">The group's name.</param>
/// <param name="DistinguishedName">Of the entry.</param>
public sealed record MappedGroup(string LdapId, string Name, string DistinguishedName);

/// <summary>Why one entry could not be mapped (rule U8).</summary>
/// <param name="DistinguishedName">Of the entry.</param>
/// <param name="Field">The settings field whose attribute is missing or unreadable, e.g. <c>users.login</c>; <c>users.status</c> for the account's status.</param>
/// <param name="Attribute">The attribute that field names.</param>
/// <param name="Message">What is wrong, in words, and what to do.</param>
public sealed record EntryProblem(string DistinguishedName, string Field, string Attribute, string Message)
{
    /// <summary>The entry's id where that could be read: whoever is linked to it is not gone, only not readable.</summary>
    public string? LdapId { get; init; }
}
