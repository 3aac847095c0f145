namespace LdapSync.Core.Settings;

public enum ConnectionSecurity
{
    /// <summary>TLS from the first byte, port 636.</summary>
    Ldaps,

    /// <summary>Port 389, TLS asked for before anything else (RFC 4511, section 4.14).</summary>
    StartTls,

    /// <summary>Port 389 in clear; simple bind then sends the password in clear.</summary>
    None,
}

public enum AuthenticationType
{
    Anonymous,
    Basic,
    Ntlm,
    Kerberos,
    Negotiate,
    Digest,
    External,
}

/// <summary>How a directory is reached and signed in to.</summary>
public sealed record ConnectionSettings
{
    /// <summary><c>host</c> or <c>host:port</c> (an IPv6 address in brackets); several, comma-separated, are tried in order.</summary>
    public string ServerName { get; init; } = "";

    public ConnectionSecurity Security { get; init; } = ConnectionSecurity.Ldaps;

    /// <summary>Allows the password to cross the network in clear: <see cref="ConnectionSecurity.None"/> with a simple bind.</summary>
    public bool AllowClearText { get; init; }

    /// <summary>PEM of one or more certificates to trust instead of the system's; null: the system's.</summary>
    public string? TrustedCertificates { get; init; }

    /// <summary>SHA-256 of the server's certificate in hexadecimal (colons allowed): trusted whatever its issuer, name or date.</summary>
    public string? PinnedCertificate { get; init; }

    /// <summary>The name expected in the server's certificate where it differs from the dialled host (tunnels).</summary>
    public string? TlsName { get; init; }

    public AuthenticationType AuthenticationType { get; init; } = AuthenticationType.Basic;

    /// <summary>Kerberos: <c>host</c> or <c>host:port</c> of the key distribution center.</summary>
    public string? KeyDistributionCenter { get; init; }

    /// <summary>Kerberos: the directory server's real name where it differs from the dialled host (tunnels).</summary>
    public string? KerberosTarget { get; init; }

    /// <summary>PEM of a client certificate with its private key is kept in the secret store under this name (External).</summary>
    public string? ClientCertificateSecret { get; init; }

    /// <summary>Distinguished name, user principal name or <c>domain\login</c>.</summary>
    public string AdministratorLogin { get; init; } = "";

    /// <summary>Seconds to connect, to bind, and between two answers of a search; 1 to 600.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>At most this many connections to the directory at a time, 1 to 16.</summary>
    public int MaxConnections { get; init; } = 4;
}
