using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Authentication;

/// <summary>Signs in on a connection on which nothing else is under way (RFC 4511, section 4.2).</summary>
internal static class Authenticator
{
    /// <returns>The way that was used, in words.</returns>
    /// <exception cref="DirectoryException">The server refused, or the settings ask for what cannot work.</exception>
    public static async Task<string> SignInAsync(
        LdapTransport transport, ConnectionSettings connection, string? password, CancellationToken cancellationToken)
    {
        NtlmBind.UseManaged();
        var way = await (connection.AuthenticationType switch
        {
            AuthenticationType.Anonymous => SimpleAsync(transport, "", "", "anonymous bind", cancellationToken),
            AuthenticationType.Basic => BasicAsync(transport, connection, password, cancellationToken),
            AuthenticationType.External => ExternalAsync(transport, connection, cancellationToken),
            AuthenticationType.Digest =>
                DigestBind.SignInAsync(transport, connection, Credentials.Read(transport.Server, connection, password), cancellationToken),
            AuthenticationType.Ntlm =>
                NtlmBind.SignInAsync(transport, connection, Credentials.Read(transport.Server, connection, password), cancellationToken),
            _ => NegotiateAsync(transport, connection, Credentials.Read(transport.Server, connection, password), cancellationToken),
        }).ConfigureAwait(false);
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
        Credentials.RefuseEmpty(transport.Server, connection.AdministratorLogin, password);
        if (connection is { Security: ConnectionSecurity.None, AllowClearText: false })
        {
            throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired,
                $"{transport.Server}",
                "bind",
                "A simple bind without TLS sends the password in clear: use SSL or StartTLS, or allow clear text in the settings. Nothing was sent.");
        }

        return SimpleAsync(transport, connection.AdministratorLogin, password!, "simple bind", cancellationToken);
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

    /// <summary>The client certificate of the TLS connection is the login (RFC 4422, appendix A).</summary>
    private static async Task<string> ExternalAsync(LdapTransport transport, ConnectionSettings connection, CancellationToken cancellationToken)
    {
        if (connection.Security == ConnectionSecurity.None)
        {
            throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired,
                $"{transport.Server}",
                "bind",
                "Authentication type External signs in with a client certificate, which needs SSL or StartTLS.");
        }

        var root = await RootDse.ReadAsync(transport, cancellationToken).ConfigureAwait(false);
        SaslMechanisms.Require(root, transport.Server, "EXTERNAL");
        await new SaslBind(transport, "EXTERNAL").StepAsync(ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        return "client certificate";
    }

    /// <summary>
    /// Kerberos; with authentication type Negotiate, where there is no ticket to be had, NTLM. A login that Kerberos knows to be wrong is not tried again.
    /// </summary>
    private static async Task<string> NegotiateAsync(
        LdapTransport transport, ConnectionSettings connection, Credentials credentials, CancellationToken cancellationToken)
    {
        var root = await RootDse.ReadAsync(transport, cancellationToken).ConfigureAwait(false);
        try
        {
            return await KerberosBind.SignInAsync(transport, connection, credentials, root, cancellationToken).ConfigureAwait(false);
        }
        catch (KerberosUnavailableException exception) when (connection.AuthenticationType == AuthenticationType.Negotiate)
        {
            var way = await NtlmBind.SignInAsync(transport, connection, credentials, cancellationToken).ConfigureAwait(false);
            return $"{way} (Kerberos was not possible: {exception.Message})";
        }
        catch (KerberosUnavailableException exception)
        {
            throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired,
                $"{transport.Server}",
                "bind",
                $"Kerberos cannot be used with {transport.Server}: {exception.Message} Check key distribution center, Kerberos target and realm.",
                exception);
        }
    }
}
