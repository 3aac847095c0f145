using LdapSync.Core.Entries;
using LdapSync.Core.Filters;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Reading;

/// <summary>What a server says about itself (RFC 4512, section 5.1), with what Active Directory adds.</summary>
internal sealed class RootDse(DirectoryEntry? entry)
{
    private const string ActiveDirectoryCapability = "1.2.840.113556.1.4.800";

    private static readonly string[] Attributes =
    [
        "objectClass", "namingContexts", "supportedControl", "supportedCapabilities", "supportedSASLMechanisms", "vendorName", "vendorVersion",
        "defaultNamingContext", "configurationNamingContext", "dnsHostName", "dsServiceName", "highestCommittedUSN",
    ];

    public IReadOnlyList<string> NamingContexts => Texts("namingContexts");

    public IReadOnlyList<string> SaslMechanisms => Texts("supportedSASLMechanisms");

    public IReadOnlyList<string> Controls => Texts("supportedControl");

    public string? DnsHostName => Texts("dnsHostName").FirstOrDefault();

    public string? DefaultNamingContext => Texts("defaultNamingContext").FirstOrDefault();

    public string? ConfigurationNamingContext => Texts("configurationNamingContext").FirstOrDefault();

    /// <summary>A domain controller of Samba, which names its vendor; Microsoft's names none.</summary>
    public bool IsSamba => Texts("vendorName").Any(name => name.StartsWith("Samba", StringComparison.OrdinalIgnoreCase));

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

    /// <summary>The Kerberos realm of an Active Directory domain: its name in the domain name system, in capitals.</summary>
    public string? Realm => Kind == DirectoryKind.ActiveDirectory && DefaultNamingContext is { } context
        ? string.Join('.', context.Split(',').Select(part => part.Trim()).Where(part => part.StartsWith("DC=", StringComparison.OrdinalIgnoreCase))
            .Select(part => part[3..])).ToUpperInvariant()
        : null;

    /// <summary>Reads the root DSE while nothing else is under way; one that may not be read is as good as an empty one.</summary>
    public static async Task<RootDse> ReadAsync(LdapTransport transport, CancellationToken cancellationToken)
    {
        var request = new SearchRequest("", SearchScope.Base, "(objectClass=*)", Attributes, PageSize: 0);
        var id = transport.NextId();
        await transport.SendAsync(Requests.Search(id, request, new PresenceFilter("objectClass"), []), cancellationToken).ConfigureAwait(false);
        DirectoryEntry? root = null;
        for (var answers = 0; answers < 100; answers++)
        {
            var message = await transport.ReceiveAsync("search of the root DSE", id, cancellationToken).ConfigureAwait(false);
            if (message.Operation == LdapOperation.SearchResultDone)
            {
                return new RootDse(root);
            }

            root = message.Operation == LdapOperation.SearchResultEntry ? new EntryReader().Read(message) : root;
        }

        throw Failures.Protocol(transport.Server, "search of the root DSE", "the answer does not end.");
    }

    private string[] Texts(string name) =>
        entry?.Find(name) is { } attribute ? [.. Enumerable.Range(0, attribute.Values.Count).Select(attribute.Text)] : [];
}
