namespace LdapSync.Core.Notifications;

public enum MailSecurity
{
    /// <summary>Plain first, then TLS (RFC 3207); a server without it is refused. Usually port 587.</summary>
    StartTls,

    /// <summary>TLS from the first octet. Usually port 465.</summary>
    Tls,

    /// <summary>No TLS and no signing in: a relay on the same machine or network. Usually port 25.</summary>
    None,
}

/// <summary>The installation's mail server. The password is not part of it: it lives in the secret store.</summary>
public sealed record MailSettings
{
    public string Host { get; init; } = "";

    public int Port { get; init; } = 587;

    public MailSecurity Security { get; init; }

    /// <summary>Empty: no signing in.</summary>
    public string UserName { get; init; } = "";

    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "";

    public string FromName { get; init; } = "LdapSync";

    /// <summary>PEM; empty: the authorities that the machine trusts.</summary>
    public string TrustedCertificates { get; init; } = "";

    /// <summary>The address of the pages for administrators, for links in messages; empty: messages have none.</summary>
    public string LinkBase { get; init; } = "";
}
