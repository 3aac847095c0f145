using System.Net.Sockets;
using LdapSync.Core.Notifications;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace LdapSync.Notifications.Mail;

/// <summary>Hands e-mails to a mail server through SMTP, one connection for each: they are few.</summary>
public sealed class MailSender
{
    private readonly TimeSpan timeout;

    /// <param name="timeout">For the whole of a message, from connecting to the server's word that it has it.</param>
    public MailSender(TimeSpan timeout) => this.timeout = timeout;

    /// <summary>Returns as soon as the server has taken the message.</summary>
    /// <exception cref="DeliveryException">It has not.</exception>
    public async Task SendAsync(Delivery delivery, Notification notification, MailSettings settings, string? password, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        using var client = new SmtpClient { Timeout = (int)timeout.TotalMilliseconds };
        using var trust = MailTrust.Of(settings);
        client.ServerCertificateValidationCallback = trust.IsTrusted;
        client.CheckCertificateRevocation = false;
        var server = $"{settings.Host}:{settings.Port}";
        try
        {
            using var message = MailMessage.Of(delivery, notification, settings);
            await ConnectAsync(client, settings, password, limit.Token);
            await client.SendAsync(message, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryException($"The mail server {server} did not answer within {timeout.TotalSeconds:0} s.", canRetry: true);
        }
        catch (Exception failure) when (Explain(failure, settings, server, trust) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Connects and signs in: whether the settings work.</summary>
    /// <exception cref="DeliveryException">They do not.</exception>
    private static async Task ConnectAsync(SmtpClient client, MailSettings settings, string? password, CancellationToken cancellationToken)
    {
        await client.ConnectAsync(settings.Host, settings.Port, settings.Security switch
        {
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.None,
        }, cancellationToken);
        if (settings.UserName.Length > 0)
        {
            await client.AuthenticateAsync(settings.UserName, password ?? "", cancellationToken);
        }
    }

    private static DeliveryException? Explain(Exception failure, MailSettings settings, string server, MailTrust trust) => failure switch
    {
        SmtpCommandException refused => Refused(refused, server),
        SslHandshakeException => new DeliveryException($"No TLS with the mail server {server}: {trust.Problem ?? "it does not speak TLS on this port, or in no version of ours; see security and port"}.", canRetry: true, failure),
        MailKit.Security.AuthenticationException => new DeliveryException($"The mail server {server} refuses the user name or password.", canRetry: true, failure),
        System.Security.Authentication.AuthenticationException => new DeliveryException($"No TLS with the mail server {server}: {trust.Problem ?? "no common version"}.", canRetry: true, failure),
        NotSupportedException when settings.Security == MailSecurity.StartTls => new DeliveryException($"The mail server {server} does not offer STARTTLS, or no way to sign in.", canRetry: true, failure),
        SocketException or IOException or TimeoutException or ServiceNotConnectedException or ServiceNotAuthenticatedException =>
            new DeliveryException($"The mail server {server} cannot be reached, or broke the connection ({failure.GetType().Name}).", canRetry: true, failure),
        ProtocolException => new DeliveryException($"The mail server {server} does not speak SMTP as it should.", canRetry: true, failure),
        NotSupportedException => new DeliveryException($"The mail server {server} offers no way to sign in that is known here.", canRetry: true, failure),
        _ => null,
    };

    /// <summary>4yz: later perhaps. 5yz about this recipient or message: never; about the sender or the session: when the settings are mended.</summary>
    private static DeliveryException Refused(SmtpCommandException refused, string server)
    {
        var permanent = (int)refused.StatusCode >= 500 && refused.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted;
        return new DeliveryException($"The mail server {server} answered {(int)refused.StatusCode}: {refused.Message}", !permanent, refused);
    }
}
