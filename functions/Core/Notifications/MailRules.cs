using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Notifications;

/// <summary>What mail settings and addresses have to be.</summary>
public static class MailRules
{
    private const int MaxAddress = 254;
    private const int MaxLocal = 64;

    /// <summary>All errors; none when the settings may be saved.</summary>
    /// <param name="settings">As they came.</param>
    /// <param name="hasPassword">A password is given with them or kept already.</param>
    public static IReadOnlyList<FieldError> Validate(MailSettings settings, bool hasPassword)
    {
        var errors = new SettingsErrors();
        if (errors.Required("host", settings.Host) && !ServerAddress.IsHostName(settings.Host))
            errors.Add("host", "Not a host name or an IPv4 address; the port has a field of its own.");
        errors.Range("port", settings.Port, 1, 65535, "as a port");
        errors.Defined("security", settings.Security);
        if (errors.Required("from", settings.From) && AddressProblem(settings.From) is { } problem)
            errors.Add("from", problem);
        if (settings.FromName.Length > 128 || settings.FromName.Any(char.IsControl))
            errors.Add("fromName", "At most 128 characters, without control characters.");
        if (settings.UserName.Length > 256 || settings.UserName.Any(char.IsControl))
            errors.Add("userName", "At most 256 characters, without control characters.");
        if (settings.UserName.Length > 0 && settings.Security == MailSecurity.None)
            errors.Add("security", "Without TLS the password would cross the network in clear: choose startTls or tls, or leave the user name empty.");
        if (settings.UserName.Length > 0 && !hasPassword)
            errors.Add("password", "A user name needs a password.");
        CheckCertificates(settings.TrustedCertificates, errors);
        if (settings.LinkBase.Length > 0 && !IsWebAddress(settings.LinkBase))
            errors.Add("linkBase", "An address that begins with https:// is expected (http:// for this machine only).");
        return errors.List;
    }

    /// <summary>Null: an e-mail address that a server would take; quoted local parts and addresses in brackets are not for notifications.</summary>
    public static string? AddressProblem(string address)
    {
        var at = address.LastIndexOf('@');
        var local = at < 0 ? "" : address[..at];
        return address.Length > MaxAddress ? $"An e-mail address has at most {MaxAddress} characters."
            : at < 0 ? "Not an e-mail address: there is no @."
            : local.Length is 0 or > MaxLocal || local.Any(character => char.IsWhiteSpace(character) || char.IsControl(character) || "\"(),:;<>@[\\]".Contains(character, StringComparison.Ordinal))
                || local.StartsWith('.') || local.EndsWith('.') || local.Contains("..", StringComparison.Ordinal) ? "Not an e-mail address: the part before the @ is not one."
            : !ServerAddress.IsHostName(address[(at + 1)..]) ? "Not an e-mail address: after the @ a domain is expected."
            : null;
    }

    /// <summary>Whether the text is an absolute address over TLS, or without it on this machine.</summary>
    public static bool IsWebAddress(string text) =>
        text.Length <= 2000
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private static void CheckCertificates(string pem, SettingsErrors errors)
    {
        if (pem.Length == 0)
            return;
        var certificates = new X509Certificate2Collection();
        try
        {
            if (!pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
                certificates.ImportFromPem(pem);
            if (certificates.Count == 0)
                errors.Add("trustedCertificates", "PEM blocks that begin with -----BEGIN CERTIFICATE----- are expected, and no private key.");
        }
        catch (CryptographicException)
        {
            errors.Add("trustedCertificates", "A certificate in this text cannot be read: paste whole PEM blocks.");
        }
        finally
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
    }
}
