using LdapSync.Core.Entries;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Reading;

/// <summary>Opens signed-in connections to a directory. Implementations are safe for concurrent use.</summary>
public interface IDirectoryClient
{
    /// <summary>Connects to the first server that answers and signs in.</summary>
    /// <param name="connection">Where and how.</param>
    /// <param name="password">The password of the administrator login; null for anonymous or external authentication.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="DirectoryException">With an account of each server that was tried.</exception>
    Task<IDirectorySession> ConnectAsync(ConnectionSettings connection, string? password, CancellationToken cancellationToken);
}

/// <summary>
/// A signed-in connection. Several operations may run on it at a time, but one paged search only: servers may keep one paging state for
/// each connection (OpenLDAP does, and refuses the other's cookie).
/// </summary>
public interface IDirectorySession : IAsyncDisposable
{
    /// <summary>What the server is and offers.</summary>
    ServerProfile Server { get; }

    /// <summary>Prepares a search; it starts when the result is enumerated, once.</summary>
    IDirectorySearch Search(SearchRequest request);
}

/// <summary>A search whose entries arrive as they are read; memory stays bounded whatever the directory's size.</summary>
public interface IDirectorySearch : IAsyncEnumerable<DirectoryEntry>
{
    /// <summary>What the read says about its completeness; only after the enumeration has ended by itself.</summary>
    /// <exception cref="InvalidOperationException">The enumeration has not ended.</exception>
    CompletenessProof Proof { get; }
}

/// <summary>The kinds of directory that are told apart.</summary>
public enum DirectoryKind
{
    Other,
    ActiveDirectory,
    OpenLdap,
}

/// <summary>What the root DSE (RFC 4512, section 5.1) and the connection say about a server.</summary>
/// <param name="Endpoint">The server as <c>host:port</c> that was reached.</param>
/// <param name="Kind">Active Directory, OpenLDAP or another.</param>
/// <param name="Description">Vendor and version in words, as far as they are told.</param>
/// <param name="Authentication">The way that was used to sign in, e.g. <c>simple bind over LDAPS</c>.</param>
/// <param name="NamingContexts">The roots of the trees that the server holds.</param>
/// <param name="Controls">Object identifiers of the supported controls.</param>
/// <param name="Certificate">Subject and expiry of the server's certificate, or null without TLS.</param>
public sealed record ServerProfile(
    string Endpoint,
    DirectoryKind Kind,
    string Description,
    string Authentication,
    IReadOnlyList<string> NamingContexts,
    IReadOnlySet<string> Controls,
    string? Certificate)
{
    /// <summary>What the server calls itself, or null where it does not tell.</summary>
    public string? Name { get; init; }

    /// <summary>Which server it is, where several answer to one name.</summary>
    public string Identity => Name ?? Endpoint;
}
