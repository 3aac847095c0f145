using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;

namespace LdapSync.Ldap.Reading;

/// <summary>What a server says about itself (RFC 4512, section 5.1), with what Active Directory adds.</summary>
internal sealed class RootDse(DirectoryEntry? entry)
{
    private const string ActiveDirectoryCapability = "1.2.840.113556.1.4.800";

    private static readonly string[] Attributes =
    [
        "objectClass", "namingContexts", "supportedControl", "supportedCapabilities", "supportedSASLMechanisms", "vendorName", "vendorVersion",
        "defaultNamingContext", "dnsHostName", "dsServiceName", "highestCommittedUSN",
    ];

    public IReadOnlyList<string> NamingContexts => Texts("namingContexts");

    public IReadOnlyList<string> SaslMechanisms => Texts("supportedSASLMechanisms");

    public IReadOnlyList<string> Controls => Texts("supportedControl");

    public string? DnsHostName => Texts("dnsHostName").FirstOrDefault();

    public string? DefaultNamingContext => Texts("defaultNamingContext").FirstOrDefault();

    public string? HighestCommittedUsn => Texts("highestCommittedUSN").FirstOrDefault();

    /// <summary>Active Directory: the name of the server's NTDS settings entry.</summary>
    public string? ServiceName => Texts("dsServiceName").FirstOrDefault();

    public DirectoryKind Kind =>
        Texts("supportedCapabilities").Contains(ActiveDirectoryCapability) ? DirectoryKind.ActiveDirectory
        : Texts("objectClass").Contains("OpenLDAProotDSE") ? DirectoryKind.OpenLdap
        : DirectoryKind.Other;

    public string Description
    {
        get
        {
            var product = Kind switch
            {
                DirectoryKind.ActiveDirectory => "Active Directory",
                DirectoryKind.OpenLdap => "OpenLDAP",
                _ => "LDAP server",
            };
            var told = string.Join(' ', Texts("vendorName").Concat(Texts("vendorVersion")));
            return (told, DnsHostName) switch
            {
                ("", null) => product,
                ("", { } host) => $"{product} on {host}",
                (_, null) => $"{product} ({told})",
                (_, { } host) => $"{product} ({told}) on {host}",
            };
        }
    }

    /// <summary>Reads the root DSE; one that may not be read is as good as an empty one.</summary>
    public static async Task<RootDse> ReadAsync(LdapConnection connection, CancellationToken cancellationToken)
    {
        DirectoryEntry? root = null;
        try
        {
            var search = new LdapSearch(connection, new SearchRequest("", SearchScope.Base, "(objectClass=*)", Attributes, PageSize: 0));
            await foreach (var entry in search.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                root = entry;
            }
        }
        catch (DirectoryException exception) when (exception.ResultCode is not null)
        {
            // Some servers hide it from those who may read their entries.
        }

        return new RootDse(root);
    }

    private string[] Texts(string name) =>
        entry?.Find(name) is { } attribute ? [.. Enumerable.Range(0, attribute.Values.Count).Select(attribute.Text)] : [];
}
