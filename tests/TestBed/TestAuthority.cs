using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LdapSync.TestBed;

/// <summary>A certificate authority for one test bed.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 certificate;

    public TestAuthority(string name = "Test authority")
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}, O=Test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        certificate = request.CreateSelfSigned(now.AddYears(-3), now.AddYears(10));
    }

    /// <summary>The authority's own certificate.</summary>
    public string Pem => certificate.ExportCertificatePem();

    /// <summary>Issues a certificate for servers and clients; names that are addresses become address entries.</summary>
    /// <returns>Certificate and private key as PEM.</returns>
    public (string Certificate, string Key) Issue(
        string commonName, IEnumerable<string> names, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternatives = new SubjectAlternativeNameBuilder();
        var any = false;
        foreach (var name in names)
        {
            any = true;
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        if (any)
        {
            request.CertificateExtensions.Add(alternatives.Build());
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(
            certificate, notBefore ?? now.AddDays(-1), notAfter ?? now.AddYears(5), RandomNumberGenerator.GetBytes(12));
        return (issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => certificate.Dispose();
}
