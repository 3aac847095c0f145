namespace LdapSync.Ldap;

/// <summary>What an installation sets for all its directories.</summary>
public sealed record LdapClientOptions
{
    /// <summary>
    /// The longest message that is accepted from a server, in octets. A group with 100,000 members is about 10 MB. A message takes memory only
    /// as its octets arrive, so a forged length costs nothing.
    /// </summary>
    public int MaxMessageLength { get; init; } = 64 * 1024 * 1024;

    /// <summary>Octets of answers that wait for the reader of a search before the connection stops taking more from the server.</summary>
    public int MaxWaitingOctets { get; init; } = 1024 * 1024;

    /// <summary>Idle time before TCP asks whether the server is still there.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads the PEM of a client certificate with its key, by <c>ClientCertificateSecret</c>, from the secret store.</summary>
    public Func<string, CancellationToken, Task<string?>>? ReadSecret { get; init; }
}
