namespace LdapSync.Core.Settings;

/// <summary>Rule S1 for signing in: each authentication type needs its own fields.</summary>
internal static class AuthenticationRules
{
    private const string Login = "connection.administratorLogin";
    private const int KerberosPort = 88;

    public static void Check(ConnectionSettings connection, bool hasPassword, SettingsErrors errors)
    {
        var type = connection.AuthenticationType;
        if (connection.AdministratorLogin?.Any(char.IsControl) == true)
            errors.Add(Login, "The login has control characters in it, such as a line break.");
        else if (type is not (AuthenticationType.Anonymous or AuthenticationType.External))
            CheckLogin(connection, errors);
        if (!hasPassword && type is not (AuthenticationType.Anonymous or AuthenticationType.External))
            errors.Add("connection.password", "This authentication type needs the password of the administrator login.");
        if (type == AuthenticationType.Basic && connection is { Security: ConnectionSecurity.None, AllowClearText: false })
            errors.Add("connection.security", "A simple bind without TLS sends the password in clear: choose ldaps or startTls, or accept that with connection.allowClearText.");
        CheckExternal(connection, errors);
        CheckNames(connection, errors);
    }

    private static void CheckLogin(ConnectionSettings connection, SettingsErrors errors)
    {
        var login = connection.AdministratorLogin;
        if (!errors.Required(Login, login))
            return;
        if (connection.AuthenticationType is AuthenticationType.Ntlm or AuthenticationType.Kerberos or AuthenticationType.Negotiate
            && !IsDomainLogin(login) && !IsPrincipalName(login))
            errors.Add(Login, "NTLM and Kerberos know accounts as domain\\login or login@domain, not as a distinguished name or a login alone.");
    }

    private static void CheckExternal(ConnectionSettings connection, SettingsErrors errors)
    {
        var secret = connection.ClientCertificateSecret;
        if (connection.AuthenticationType == AuthenticationType.External)
        {
            if (connection.Security == ConnectionSecurity.None)
                errors.Add("connection.security", "External authentication is by a client certificate and needs TLS: choose ldaps or startTls.");
            if (!errors.Required("connection.clientCertificateSecret", secret))
                return;
        }

        if (!string.IsNullOrEmpty(secret) && (secret.Length > 127 || !secret.All(character => char.IsAsciiLetterOrDigit(character) || character == '-')))
            errors.Add("connection.clientCertificateSecret", "The name of a secret has up to 127 letters, digits and hyphens.");
    }

    private static void CheckNames(ConnectionSettings connection, SettingsErrors errors)
    {
        if (!string.IsNullOrEmpty(connection.KerberosTarget) && !IsName(connection.KerberosTarget))
            errors.Add("connection.kerberosTarget", "Write the directory server's host name, without a port and not as an IP address.");
        const string center = "connection.keyDistributionCenter";
        if (string.IsNullOrEmpty(connection.KeyDistributionCenter))
            return;
        if (!ServerAddress.TryParseList(connection.KeyDistributionCenter, KerberosPort, out var servers, out var problem))
            errors.Add(center, problem);
        else if (servers.Count > 1)
            errors.Add(center, "Only one key distribution center may be named.");
        else if (servers[0].IsIpAddress)
            errors.Add(center, $"Kerberos works with names: write the host name in place of {servers[0].Host}.");
    }

    private static bool IsName(string text) => ServerAddress.IsHostName(text) && !new ServerAddress(text, KerberosPort).IsIpAddress;

    private static bool IsDomainLogin(string login) => login.Split('\\') is [{ Length: > 0 }, { Length: > 0 }] && !login.Contains('=', StringComparison.Ordinal);

    private static bool IsPrincipalName(string login) => login.LastIndexOf('@') is > 0 and var at && ServerAddress.IsHostName(login[(at + 1)..])
        && !login.Contains('\\', StringComparison.Ordinal);
}
