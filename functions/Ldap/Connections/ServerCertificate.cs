using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.Ldap.Connections;

/// <summary>Decides whether a server's certificate is trusted: by pin, by the settings' own authorities, or by the system's.</summary>
internal sealed class ServerCertificate
{
    private readonly ServerAddress server;
    private readonly string name;
    private readonly byte[]? pin;
    private readonly X509Certificate2Collection? authorities;

    /// <exception cref="DirectoryException">The settings hold no readable certificate or pin.</exception>
    public ServerCertificate(ServerAddress server, ConnectionSettings connection)
    {
        this.server = server;
        name = string.IsNullOrWhiteSpace(connection.TlsName) ? server.Host : connection.TlsName.Trim();
        pin = string.IsNullOrWhiteSpace(connection.PinnedCertificate) ? null : ReadPin(connection.PinnedCertificate);
        authorities = string.IsNullOrWhiteSpace(connection.TrustedCertificates) ? null : ReadAuthorities(connection.TrustedCertificates);
    }

    /// <summary>Why the certificate was refused, after a failed handshake.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Subject and expiry, after the handshake.</summary>
    public string? Description { get; private set; }

    public SslClientAuthenticationOptions Options(X509Certificate2? clientCertificate) => new()
    {
        TargetHost = name,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors),
        CertificateChainPolicy = ChainPolicy(),
        ClientCertificates = clientCertificate is null ? null : [clientCertificate],
        LocalCertificateSelectionCallback = clientCertificate is null ? null : (_, _, _, _, _) => clientCertificate,
    };

    /// <summary>The same decision for a TLS stream that takes no chain policy and no expected name: the chain is built here.</summary>
    public bool Check(X509Certificate? certificate, X509Chain? sent)
    {
        if (certificate is not X509Certificate2 presented)
        {
            return IsTrusted(certificate, null, SslPolicyErrors.RemoteCertificateNotAvailable);
        }

        using var chain = new X509Chain { ChainPolicy = ChainPolicy() };
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        var errors = chain.Build(presented) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        return IsTrusted(presented, chain, presented.MatchesHostname(name) ? errors : errors | SslPolicyErrors.RemoteCertificateNameMismatch);
    }

    private X509ChainPolicy ChainPolicy()
    {
        // Company authorities rarely publish revocation lists that the application can reach.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return policy;
    }

    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 presented)
        {
            Refusal = "the server presented no certificate";
            return false;
        }

        Description = $"{presented.Subject}, expires {presented.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC";
        if (pin is not null)
        {
            var actual = SHA256.HashData(presented.RawData);
            Refusal = CryptographicOperations.FixedTimeEquals(actual, pin)
                ? null
                : $"the certificate has SHA-256 {Convert.ToHexStringLower(actual)}, which is not the pinned one";
            return Refusal is null;
        }

        Refusal = errors switch
        {
            SslPolicyErrors.None => null,
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) =>
                $"the certificate is for {Names(presented)}, not for {name} (set the TLS name where it differs from the server name)",
            _ => $"the certificate of {presented.Subject} is not trusted: {ChainStatus(presented, chain)}",
        };
        return Refusal is null;
    }

    private static string ChainStatus(X509Certificate2 presented, X509Chain? chain)
    {
        var statuses = chain?.ChainStatus.Select(status => status.Status).Distinct().ToList() ?? [];
        if (statuses.Contains(X509ChainStatusFlags.NotTimeValid))
        {
            return $"it is valid from {presented.NotBefore.ToUniversalTime():u} to {presented.NotAfter.ToUniversalTime():u}";
        }

        return statuses.Any(status => status is X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain)
            ? $"its issuer {presented.Issuer} is not among the trusted certificates"
            : string.Join(", ", statuses);
    }

    private static string Names(X509Certificate2 certificate)
    {
        var alternative = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return alternative is null
            ? certificate.Subject
            : string.Join(", ", alternative.EnumerateDnsNames().Concat(alternative.EnumerateIPAddresses().Select(address => $"{address}")));
    }

    private byte[] ReadPin(string text)
    {
        try
        {
            var octets = Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
            return octets.Length == SHA256.HashSizeInBytes ? octets : throw new FormatException("It has not 64 digits.");
        }
        catch (FormatException exception)
        {
            throw Unreadable("pinned certificate is not a SHA-256 in hexadecimal", exception);
        }
    }

    private X509Certificate2Collection ReadAuthorities(string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw Unreadable("trusted certificates are not readable PEM", exception);
        }

        return certificates.Count > 0 ? certificates : throw Unreadable("trusted certificates hold no PEM certificate", null);
    }

    private DirectoryException Unreadable(string what, Exception? inner) =>
        new(DirectoryFailure.TlsNotTrusted, $"{server}", "connect", $"{server}: the {what}.", inner);
}
