using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.Ldap.Connections;

/// <summary>The client certificate that the settings name, from the secret store.</summary>
internal static class ClientCertificate
{
    /// <returns>Null where the settings name none.</returns>
    /// <exception cref="DirectoryException">There is no such secret, or it is not a certificate with its key.</exception>
    public static async Task<X509Certificate2?> ReadAsync(
        ServerAddress server, ConnectionSettings connection, LdapClientOptions options, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(connection.ClientCertificateSecret))
        {
            return connection.AuthenticationType == AuthenticationType.External
                ? throw Missing(server, "Authentication type External needs a client certificate: name its secret in the settings.")
                : null;
        }

        var pem = options.ReadSecret is null ? null : await options.ReadSecret(connection.ClientCertificateSecret, cancellationToken).ConfigureAwait(false);
        if (pem is null)
        {
            throw Missing(server, $"The secret store has no client certificate '{connection.ClientCertificateSecret}'.");
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPem(pem, pem);
            return OperatingSystem.IsWindows() ? Kept(certificate) : certificate;
        }
        catch (CryptographicException exception)
        {
            throw Missing(
                server, $"The secret '{connection.ClientCertificateSecret}' is not a certificate in PEM, followed by its private key.", exception);
        }
    }

    /// <summary>Windows signs in with keys that it keeps, not with those that are in memory alone.</summary>
    private static X509Certificate2 Kept(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }

    private static DirectoryException Missing(ServerAddress server, string message, Exception? inner = null) =>
        new(DirectoryFailure.InvalidCredentials, $"{server}", "connect", message, inner);
}
