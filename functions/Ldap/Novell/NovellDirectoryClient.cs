using System.Collections.Frozen;
using System.Security.Authentication;
using System.Text;
using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Authentication;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Reading;
using Novell.Directory.Ldap;
using LdapConnection = Novell.Directory.Ldap.LdapConnection;

namespace LdapSync.Ldap.Novell;

/// <summary>
/// The second client, on Novell.Directory.Ldap.NETStandard: anonymous and simple bind, with or without TLS, paging. It cannot read changes and does not
/// follow ranges: a big group of Active Directory makes its read incomplete, and nothing is removed because of that read.
/// </summary>
internal sealed class NovellDirectoryClient(TimeProvider time) : IDirectoryClient
{
    private readonly ConnectionGate gate = new();

    public async Task<IDirectorySession> ConnectAsync(ConnectionSettings connection, string? password, CancellationToken cancellationToken)
    {
        if (!ServerAddress.TryParseList(connection.ServerName, ServerAddress.DefaultPort(connection.Security), out var servers, out var problem))
        {
            throw new DirectoryException(DirectoryFailure.UnknownHost, connection.ServerName, "connect", problem);
        }

        var place = await gate.EnterAsync(connection, cancellationToken).ConfigureAwait(false);
        try
        {
            for (var next = 0; ; next++)
            {
                try
                {
                    return await ConnectAsync(servers[next], connection, password, place, cancellationToken).ConfigureAwait(false);
                }
                catch (DirectoryException failure) when (failure.CanRetry && next + 1 < servers.Count)
                {
                    // The next server may do.
                }
            }
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    private async Task<IDirectorySession> ConnectAsync(
        ServerAddress server, ConnectionSettings settings, string? password, IDisposable place, CancellationToken cancellationToken)
    {
        var certificate = new ServerCertificate(server, settings);
        var options = new LdapConnectionOptions()
            .ConfigureSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13)
            .ConfigureRemoteCertificateValidationCallback((_, shown, chain, _) => certificate.Check(shown, chain));
        var timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds);
        var connection = new LdapConnection(settings.Security == ConnectionSecurity.Ldaps ? options.UseSsl() : options)
        {
            ConnectionTimeout = (int)timeout.TotalMilliseconds,
        };
        try
        {
            await StepAsync("connect", stop => ConnectAsync(connection, server, settings, stop)).ConfigureAwait(false);
            var way = await StepAsync("bind", stop => SignInAsync(connection, server, settings, password, stop)).ConfigureAwait(false);
            var root = await RootAsync(connection, server, timeout, cancellationToken).ConfigureAwait(false);
            var profile = new ServerProfile(
                $"{server}", root.Kind, root.Description, way, root.NamingContexts, root.Controls.ToFrozenSet(), certificate.Description)
            {
                Name = root.ServiceName ?? root.DnsHostName,
            };
            return new Session(connection, server, profile, timeout, time, place);
        }
        catch
        {
            // Not waited for: a server that said nothing in time may say nothing to this either.
            _ = BlockingCalls.CloseAsync(connection, timeout, time);
            throw;
        }

        async Task<T> StepAsync<T>(string operation, Func<CancellationToken, Task<T>> step)
        {
            try
            {
                return await Failures.GuardAsync(
                    server, operation, timeout, time, stop => NovellFailures.TranslateAsync(server, operation, () => BlockingCalls.RunAsync(() => step(stop)).WaitAsync(stop)), cancellationToken).ConfigureAwait(false);
            }
            catch (DirectoryException) when (certificate.Refusal is { } refusal)
            {
                throw new DirectoryException(DirectoryFailure.TlsNotTrusted, $"{server}", operation, $"TLS with {server} failed: {refusal}.");
            }
        }
    }

    private static async Task<bool> ConnectAsync(LdapConnection connection, ServerAddress server, ConnectionSettings settings, CancellationToken cancellationToken)
    {
        await connection.ConnectAsync(server.Host, server.Port, cancellationToken).ConfigureAwait(false);
        if (settings.Security == ConnectionSecurity.StartTls)
        {
            await connection.StartTlsAsync(cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private static async Task<string> SignInAsync(
        LdapConnection connection, ServerAddress server, ConnectionSettings settings, string? password, CancellationToken cancellationToken)
    {
        var over = settings.Security switch
        {
            ConnectionSecurity.Ldaps => "over LDAPS",
            ConnectionSecurity.StartTls => "over StartTLS",
            _ => "without TLS",
        };
        switch (settings.AuthenticationType)
        {
            case AuthenticationType.Anonymous:
                await connection.BindAsync(LdapConnection.LdapV3, "", [], cancellationToken).ConfigureAwait(false);
                return $"anonymous bind {over}";
            case AuthenticationType.Basic when settings is not { Security: ConnectionSecurity.None, AllowClearText: false }:
                Credentials.RefuseEmpty(server, settings.AdministratorLogin, password);
                await connection.BindAsync(LdapConnection.LdapV3, settings.AdministratorLogin, Encoding.UTF8.GetBytes(password!), cancellationToken).ConfigureAwait(false);
                return $"simple bind {over}";
            case AuthenticationType.Basic:
                throw Refuse("A simple bind without TLS sends the password in clear: use SSL or StartTLS, or allow clear text in the settings. Nothing was sent.");
            default:
                throw Refuse("This client (Ldap__Client is novell) signs in anonymously or with a simple bind: choose one of them, or set Ldap__Client to own.");
        }

        DirectoryException Refuse(string why) => new(DirectoryFailure.StrongerAuthenticationRequired, $"{server}", "bind", why);
    }

    private async Task<RootDse> RootAsync(LdapConnection connection, ServerAddress server, TimeSpan timeout, CancellationToken cancellationToken)
    {
        DirectoryEntry? root = null;
        var search = new NovellSearch(connection, server, new SearchRequest("", SearchScope.Base, "(objectClass=*)", ["*", "+"], PageSize: 0), timeout, time);
        await foreach (var entry in search.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            root = entry;
        }

        return new RootDse(root);
    }

    private sealed class Session(
        LdapConnection connection, ServerAddress address, ServerProfile server, TimeSpan timeout, TimeProvider time, IDisposable place) : IDirectorySession
    {
        public ServerProfile Server => server;

        public IDirectorySearch Search(SearchRequest request) => new NovellSearch(connection, address, request, timeout, time);

        public async ValueTask DisposeAsync()
        {
            await BlockingCalls.CloseAsync(connection, timeout, time).ConfigureAwait(false);
            place.Dispose();
        }
    }
}
