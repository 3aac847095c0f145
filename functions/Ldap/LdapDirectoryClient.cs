using System.Collections.Frozen;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Authentication;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap;

/// <summary>An LDAP version 3 client (RFC 4511) that reads Active Directory, OpenLDAP and other directories.</summary>
public sealed class LdapDirectoryClient(LdapClientOptions? options = null, TimeProvider? time = null) : IDirectoryClient
{
    private readonly LdapClientOptions options = options ?? new LdapClientOptions();
    private readonly TimeProvider time = time ?? TimeProvider.System;
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
            return await ConnectToAnyAsync(servers, connection, password, place, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    private async Task<IDirectorySession> ConnectToAnyAsync(
        IReadOnlyList<ServerAddress> servers, ConnectionSettings connection, string? password, IDisposable place, CancellationToken cancellationToken)
    {
        var failures = new List<DirectoryException>();
        foreach (var server in servers)
        {
            try
            {
                return await ConnectAsync(server, connection, password, place, cancellationToken).ConfigureAwait(false);
            }
            catch (DirectoryException exception) when (IsServersOwn(exception.Failure))
            {
                failures.Add(exception);
            }
        }

        throw failures.Count == 1 ? failures[0] : AllFailed(servers, failures);
    }

    private async Task<IDirectorySession> ConnectAsync(
        ServerAddress server, ConnectionSettings connection, string? password, IDisposable place, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(connection.TimeoutSeconds);
        using var clientCertificate = await ClientCertificate.ReadAsync(server, connection, options, cancellationToken).ConfigureAwait(false);
        var (transport, certificate) = await Failures.GuardAsync(
            server, "connect", timeout, time, stop => new Dialer(options).DialAsync(server, connection, clientCertificate, stop), cancellationToken)
            .ConfigureAwait(false);
        try
        {
            var (way, root) = await Failures.GuardAsync(
                server,
                "bind",
                timeout,
                time,
                async stop => (
                    await Authenticator.SignInAsync(transport, connection, password, stop).ConfigureAwait(false),
                    await RootDse.ReadAsync(transport, stop).ConfigureAwait(false)),
                cancellationToken).ConfigureAwait(false);
            var profile = new ServerProfile(
                $"{server}", root.Kind, root.Description, way, root.NamingContexts, root.Controls.ToFrozenSet(), certificate)
            {
                Name = root.ServiceName ?? root.DnsHostName,
            };
            return new LdapDirectorySession(new LdapConnection(transport, options, timeout, time), profile, root, place);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A wrong password is wrong everywhere, and trying it again locks the account; another server may cure the rest.</summary>
    private static bool IsServersOwn(DirectoryFailure failure) => failure is DirectoryFailure.UnknownHost or DirectoryFailure.Unreachable
        or DirectoryFailure.TlsNotTrusted or DirectoryFailure.TimedOut or DirectoryFailure.ConnectionLost or DirectoryFailure.Unavailable
        or DirectoryFailure.ProtocolError;

    private static DirectoryException AllFailed(IReadOnlyList<ServerAddress> servers, List<DirectoryException> failures)
    {
        var names = string.Join(", ", servers);
        return new DirectoryException(
            failures[^1].Failure,
            names,
            "connect",
            $"None of the servers {names} can be used. {string.Join(' ', failures.Select(failure => failure.Message))}",
            new AggregateException(failures));
    }
}
