using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LdapSync.Core.Notifications;

namespace LdapSync.Notifications.Mail;

/// <summary>Whether the mail server's certificate is trusted: by the machine's authorities, or by those that the settings name instead.</summary>
internal sealed class MailTrust : IDisposable
{
    private readonly X509Certificate2Collection roots = [];

    private MailTrust()
    {
    }

    /// <summary>Why it was not.</summary>
    public string? Problem { get; private set; }

    public static MailTrust Of(MailSettings settings)
    {
        var trust = new MailTrust();
        if (settings.TrustedCertificates.Length > 0)
        {
            trust.roots.ImportFromPem(settings.TrustedCertificates);
        }

        return trust;
    }

    public bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            Problem = "it shows no certificate";
            return false;
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            Problem = "its certificate has another name";
            return false;
        }

        if (roots.Count == 0)
        {
            Problem = errors == SslPolicyErrors.None ? null : "its certificate is not trusted; trustedCertificates can name its authority";
            return errors == SslPolicyErrors.None;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(roots);
        own.ChainPolicy.ExtraStore.AddRange(chain?.ChainPolicy.ExtraStore ?? []);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        var trusted = own.Build(server);
        Problem = trusted ? null : "its certificate is not from one of trustedCertificates, or out of date";
        return trusted;
    }

    public void Dispose()
    {
        foreach (var root in roots)
        {
            root.Dispose();
        }
    }
}
