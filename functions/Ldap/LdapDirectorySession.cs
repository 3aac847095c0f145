using LdapSync.Core.Reading;
using LdapSync.Ldap.Changes;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap;

/// <summary>A signed-in connection to one server.</summary>
internal sealed class LdapDirectorySession(LdapConnection connection, ServerProfile server, RootDse root, IDisposable place)
    : IDirectorySession, IChangeSource
{
    public ServerProfile Server => server;

    public RootDse Root => root;

    public LdapConnection Connection => connection;

    public IDirectorySearch Search(SearchRequest request) => new LdapSearch(connection, request);

    public IChangeSearch Changes(ChangeRequest request, string? cookie) => new BestChanges(connection, root, request, cookie);

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        place.Dispose();
    }
}
