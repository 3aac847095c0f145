using LdapSync.Core.Settings;

namespace LdapSync.Ldap.Tests.Conformance;

/// <summary>One cell: a server, a way to sign in, a transport, and what comes of it.</summary>
/// <param name="Server">The name of the row's server.</param>
/// <param name="Authentication">The way to sign in.</param>
/// <param name="Security">The transport.</param>
/// <param name="Outcome"><c>works: </c> and how the session says it signed in, or <c>refused: </c>, the server's result if it was asked, and a part of the reason.</param>
public sealed record SignInCell(string Server, AuthenticationType Authentication, ConnectionSecurity Security, string Outcome);

/// <summary>
/// Every way to sign in over every transport, on OpenLDAP, on a domain controller that takes no SASL within TLS (<c>ldap server require strong auth = yes</c>),
/// and on one that does (<c>allow_sasl_over_tls</c>). docs/directory.md has the same in short.
/// </summary>
internal static class SignInTable
{
    public const string Slapd = "slapd";
    public const string Strict = "domain";
    public const string Lenient = "domain, SASL within TLS";

    /// <summary>Server, authentication type; without TLS, StartTLS, LDAPS. No row for Kerberos by GSS-SPNEGO: GSSAPI is asked for, which takes all that this does.</summary>
    private const string Text = """
        | slapd | anonymous | works: anonymous bind without TLS | works: anonymous bind over StartTLS | works: anonymous bind over LDAPS |
        | slapd | basic | works: simple bind without TLS | works: simple bind over StartTLS | works: simple bind over LDAPS |
        | slapd | ntlm | refused: result 7: The server does not offer this authentication type | refused: result 7: The server does not offer this authentication type | refused: result 7: The server does not offer this authentication type |
        | slapd | kerberos | refused: does not offer GSSAPI | refused: does not offer GSSAPI | refused: does not offer GSSAPI |
        | slapd | negotiate | refused: result 7: The server does not offer this authentication type | refused: result 7: The server does not offer this authentication type | refused: result 7: The server does not offer this authentication type |
        | slapd | digest | works: DIGEST-MD5 without TLS | works: DIGEST-MD5 over StartTLS | works: DIGEST-MD5 over LDAPS |
        | slapd | external | refused: signs in with a client certificate, which needs SSL or StartTLS | works: client certificate over StartTLS | works: client certificate over LDAPS |
        | domain | anonymous | works: anonymous bind without TLS | works: anonymous bind over StartTLS | works: anonymous bind over LDAPS |
        | domain | basic | refused: result 8: use SSL or StartTLS | works: simple bind over StartTLS | works: simple bind over LDAPS |
        | domain | ntlm | works: NTLM, signed and sealed, without TLS | refused: result 53: NTLM always signs its messages here, and the server does not take that within TLS | refused: result 53: NTLM always signs its messages here, and the server does not take that within TLS |
        | domain | kerberos | works: Kerberos, signed and sealed, without TLS | refused: result 8: The server does not take Kerberos within TLS: use Kerberos without SSL | refused: result 8: The server does not take Kerberos within TLS: use Kerberos without SSL |
        | domain | negotiate | works: Kerberos, signed and sealed, without TLS | refused: result 8: The server does not take Kerberos within TLS: use Kerberos without SSL | refused: result 8: The server does not take Kerberos within TLS: use Kerberos without SSL |
        | domain | digest | refused: does not offer DIGEST-MD5 | refused: does not offer DIGEST-MD5 | refused: does not offer DIGEST-MD5 |
        | domain | external | refused: signs in with a client certificate, which needs SSL or StartTLS | refused: does not offer EXTERNAL | refused: does not offer EXTERNAL |
        | domain, SASL within TLS | anonymous | works: anonymous bind without TLS | works: anonymous bind over StartTLS | works: anonymous bind over LDAPS |
        | domain, SASL within TLS | basic | refused: result 8: use SSL or StartTLS | works: simple bind over StartTLS | works: simple bind over LDAPS |
        | domain, SASL within TLS | ntlm | works: NTLM, signed and sealed, without TLS | refused: result 53: NTLM always signs its messages here, and the server does not take that within TLS | refused: result 53: NTLM always signs its messages here, and the server does not take that within TLS |
        | domain, SASL within TLS | kerberos | works: Kerberos, signed and sealed, without TLS | works: Kerberos over StartTLS | works: Kerberos over LDAPS |
        | domain, SASL within TLS | negotiate | works: Kerberos, signed and sealed, without TLS | works: Kerberos over StartTLS | works: Kerberos over LDAPS |
        | domain, SASL within TLS | digest | refused: does not offer DIGEST-MD5 | refused: does not offer DIGEST-MD5 | refused: does not offer DIGEST-MD5 |
        | domain, SASL within TLS | external | refused: signs in with a client certificate, which needs SSL or StartTLS | refused: does not offer EXTERNAL | refused: does not offer EXTERNAL |
        """;

    public static IReadOnlyList<SignInCell> Cells { get; } = [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(CellsOf)];

    private static IEnumerable<SignInCell> CellsOf(string line)
    {
        var parts = line.Split('|', StringSplitOptions.TrimEntries);
        if (parts is not ["", var server, var authentication, var none, var startTls, var ldaps, ""])
        {
            throw new FormatException($"Not a row of the table: {line}");
        }

        var type = Enum.Parse<AuthenticationType>(authentication, ignoreCase: true);
        return
        [
            new SignInCell(server, type, ConnectionSecurity.None, none),
            new SignInCell(server, type, ConnectionSecurity.StartTls, startTls),
            new SignInCell(server, type, ConnectionSecurity.Ldaps, ldaps),
        ];
    }
}
