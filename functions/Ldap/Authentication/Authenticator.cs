using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Authentication;

/// <summary>Signs in on a connection on which nothing else is under way (RFC 4511, section 4.2).</summary>
internal static class Authenticator
{
    /// <returns>The way that was used, in words.</returns>
    /// <exception cref="DirectoryException">The server refused, or the settings ask for what cannot work.</exception>
    public static async Task<string> SignInAsync(
        LdapTransport transport, ConnectionSettings connection, string? password, CancellationToken cancellationToken)
    {
        var way = connection.AuthenticationType switch
        {
            AuthenticationType.Anonymous => await SimpleAsync(transport, "", "", "anonymous bind", cancellationToken).ConfigureAwait(false),
            AuthenticationType.Basic => await BasicAsync(transport, connection, password, cancellationToken).ConfigureAwait(false),
            _ => throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired,
                $"{transport.Server}",
                "bind",
                $"Authentication type {connection.AuthenticationType} is not available."),
        };
        return connection.Security switch
        {
            ConnectionSecurity.Ldaps => $"{way} over LDAPS",
            ConnectionSecurity.StartTls => $"{way} over StartTLS",
            _ => $"{way} without TLS",
        };
    }

    private static Task<string> BasicAsync(
        LdapTransport transport, ConnectionSettings connection, string? password, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(connection.AdministratorLogin) || string.IsNullOrEmpty(password))
        {
            // Most servers take a name without a password for an anonymous login and report success (RFC 4513, section 5.1.2).
            throw new DirectoryException(
                DirectoryFailure.InvalidCredentials, $"{transport.Server}", "bind", "Login and password must not be empty: nothing was sent to the server.");
        }

        return SimpleAsync(transport, connection.AdministratorLogin, password, "simple bind", cancellationToken);
    }

    private static async Task<string> SimpleAsync(
        LdapTransport transport, string name, string password, string way, CancellationToken cancellationToken)
    {
        var id = transport.NextId();
        var answer = await transport.ExchangeAsync(
            id, Requests.SimpleBind(id, name, password), LdapOperation.BindResponse, "bind", cancellationToken).ConfigureAwait(false);
        var result = LdapResult.Read(answer);
        return result.Code == ResultCodes.Success ? way : throw Failures.FromResult(transport.Server, "bind", result);
    }
}
