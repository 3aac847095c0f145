using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LdapSync.Core.Settings;

/// <summary>Rule S1 for the connection: where the directory is and how far it is trusted.</summary>
internal static class ConnectionRules
{
    public static void Check(ConnectionSettings connection, bool hasPassword, SettingsErrors errors)
    {
        errors.Defined("connection.security", connection.Security);
        errors.Defined("connection.authenticationType", connection.AuthenticationType);
        errors.Range("connection.timeoutSeconds", connection.TimeoutSeconds, 1, 600, "seconds");
        errors.Range("connection.maxConnections", connection.MaxConnections, 1, 16, "connections");
        CheckServer(connection, errors);
        CheckCertificates(connection.TrustedCertificates, errors);
        CheckPin(connection.PinnedCertificate, errors);
        if (!string.IsNullOrEmpty(connection.TlsName) && !ServerAddress.IsHostName(connection.TlsName))
            errors.Add("connection.tlsName", "Not a host name; write the name that stands in the server's certificate.");
        AuthenticationRules.Check(connection, hasPassword, errors);
    }

    private static void CheckServer(ConnectionSettings connection, SettingsErrors errors)
    {
        const string field = "connection.serverName";
        if (!errors.Required(field, connection.ServerName))
            return;
        if (!ServerAddress.TryParseList(connection.ServerName, ServerAddress.DefaultPort(connection.Security), out var servers, out var problem))
            errors.Add(field, problem);
        else if (connection.AuthenticationType == AuthenticationType.Kerberos && string.IsNullOrEmpty(connection.KerberosTarget)
            && servers.FirstOrDefault(server => server.IsIpAddress) is { } address)
            errors.Add(field, $"Kerberos knows servers by name: write the host name in place of {address.Host}, or its real name in connection.kerberosTarget.");
    }

    private static void CheckCertificates(string? pem, SettingsErrors errors)
    {
        const string field = "connection.trustedCertificates";
        if (string.IsNullOrEmpty(pem))
            return;
        if (pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            errors.Add(field, "There is a private key in this text; only certificates belong here, and the key should be considered disclosed.");
            return;
        }

        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
            if (certificates.Count == 0)
                errors.Add(field, "There is no certificate in this text: PEM blocks that begin with -----BEGIN CERTIFICATE----- are expected.");
        }
        catch (CryptographicException)
        {
            errors.Add(field, "A certificate in this text cannot be read: paste whole PEM blocks, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.");
        }
        finally
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
    }

    private static void CheckPin(string? pin, SettingsErrors errors)
    {
        if (string.IsNullOrEmpty(pin))
            return;
        var digits = pin.Replace(":", "", StringComparison.Ordinal);
        if (digits.Length != 64 || !digits.All(char.IsAsciiHexDigit))
            errors.Add("connection.pinnedCertificate", "The SHA-256 fingerprint of a certificate has 64 hexadecimal digits (colons are allowed).");
    }
}
