using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Authentication;

/// <summary>What a server says that it offers (RFC 4512, section 5.1). One that says nothing before the sign-in may offer anything.</summary>
internal static class SaslMechanisms
{
    /// <returns>Why the mechanism cannot be used; null where it can, as far as the server says.</returns>
    public static string? Problem(RootDse root, ServerAddress server, string mechanism) =>
        root.SaslMechanisms is { Count: > 0 } offered && !offered.Contains(mechanism)
            ? $"{server} does not offer {mechanism} but {string.Join(", ", offered)}"
            : null;

    /// <exception cref="DirectoryException">The server does not offer the mechanism.</exception>
    public static void Require(RootDse root, ServerAddress server, string mechanism)
    {
        if (Problem(root, server, mechanism) is { } problem)
        {
            throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired, $"{server}", "bind", $"{problem}: choose another authentication type.");
        }
    }
}
