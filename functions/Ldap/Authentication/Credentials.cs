using System.Net;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.Ldap.Authentication;

/// <summary>A login of the forms that domains know: <c>login@domain</c>, <c>domain\login</c> or <c>login</c>.</summary>
internal sealed record Credentials(string User, string Domain, string Password)
{
    /// <exception cref="DirectoryException">Login or password is empty, or the login is a distinguished name.</exception>
    public static Credentials Read(ServerAddress server, ConnectionSettings connection, string? password)
    {
        var login = connection.AdministratorLogin;
        RefuseEmpty(server, login, password);
        if (login.Contains('=', StringComparison.Ordinal))
        {
            throw new DirectoryException(
                DirectoryFailure.InvalidCredentials,
                $"{server}",
                "bind",
                $"The login is a distinguished name; authentication type {connection.AuthenticationType} wants login@domain or domain\\login.");
        }

        var backslash = login.IndexOf('\\', StringComparison.Ordinal);
        if (backslash >= 0)
        {
            return new Credentials(login[(backslash + 1)..], login[..backslash], password!);
        }

        var at = login.LastIndexOf('@');
        return at >= 0 ? new Credentials(login[..at], login[(at + 1)..], password!) : new Credentials(login, "", password!);
    }

    /// <summary>Most servers take a name without a password for an anonymous login and report success (RFC 4513, section 5.1.2).</summary>
    public static void RefuseEmpty(ServerAddress server, string login, string? password)
    {
        if (string.IsNullOrWhiteSpace(login) || string.IsNullOrEmpty(password))
        {
            throw new DirectoryException(
                DirectoryFailure.InvalidCredentials, $"{server}", "bind", "Login and password must not be empty: nothing was sent to the server.");
        }
    }

    /// <summary>Kerberos names the realm in capitals; a domain without a dot is a NetBIOS name, which the directory's own realm stands for.</summary>
    public NetworkCredential ForKerberos(string? realm) =>
        new(User, Password, (Domain.Contains('.', StringComparison.Ordinal) ? Domain : realm ?? Domain).ToUpperInvariant());

    public NetworkCredential ForNtlm() =>
        Domain.Contains('.', StringComparison.Ordinal) ? new($"{User}@{Domain}", Password) : new(User, Password, Domain);
}
