using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap;

/// <summary>A signed-in connection to one server.</summary>
internal sealed class LdapDirectorySession(LdapConnection connection, ServerProfile server, RootDse root) : IDirectorySession
{
    public ServerProfile Server => server;

    public RootDse Root => root;

    public LdapConnection Connection => connection;

    public IDirectorySearch Search(SearchRequest request) => new LdapSearch(connection, request);

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
