using LdapSync.App.Api;
using LdapSync.Core.Notifications;
using LdapSync.Notifications;
using LdapSync.Notifications.Mail;
using LdapSync.Storage.Records;
using LdapSync.Storage.Secrets;

namespace LdapSync.App.Notifications;

/// <param name="Password">Can be written, never read; left out: the saved one stays.</param>
public sealed record MailBody(
    string Host, string From, int Port = 587, MailSecurity Security = MailSecurity.StartTls, string UserName = "", string? Password = null, string FromName = "LdapSync",
    string TrustedCertificates = "", string LinkBase = "");

public sealed record MailView(
    string Host, int Port, MailSecurity Security, string UserName, bool HasPassword, string From, string FromName, string TrustedCertificates, string LinkBase);

public sealed record MailTestBody(string To);

/// <param name="Error">What the mail server answered; null: it has taken the message.</param>
public sealed record MailTestView(bool Ok, string? Error);

/// <summary>The installation's mail server: look, save, try.</summary>
public sealed class MailEditor(MailSettingsStore store, ISecretStore secrets, MailSender sender, TimeProvider time)
{
    public async Task<MailView> GetAsync(CancellationToken cancellationToken)
    {
        var settings = await store.GetAsync(cancellationToken) ?? throw ApiException.NotFound("mail server yet: PUT /api/mail sets one");
        return View(settings, await secrets.GetAsync(NotificationSecrets.MailPassword, cancellationToken) is not null);
    }

    /// <exception cref="ApiException">Names every field that is wrong.</exception>
    public async Task<MailView> SaveAsync(MailBody body, CancellationToken cancellationToken)
    {
        var settings = new MailSettings
        {
            Host = body.Host.Trim(),
            Port = body.Port,
            Security = body.Security,
            UserName = body.UserName,
            From = body.From.Trim(),
            FromName = body.FromName,
            TrustedCertificates = body.TrustedCertificates,
            LinkBase = body.LinkBase.Trim(),
        };
        var saved = await secrets.GetAsync(NotificationSecrets.MailPassword, cancellationToken);
        var errors = MailRules.Validate(settings, !string.IsNullOrEmpty(body.Password ?? saved));
        if (errors.Count > 0)
        {
            throw ApiException.Fields(errors.Select(error => (error.Field, error.Message)));
        }

        // A saved password is for the server and the name that it was given for.
        var before = await store.GetAsync(cancellationToken);
        if (body.Password is null && saved is not null && before is not null && settings.UserName.Length > 0
            && (before.Host != settings.Host || before.UserName != settings.UserName))
        {
            throw ApiException.Field("password", "Another server or user name needs its password again.");
        }

        if (settings.UserName.Length == 0)
        {
            await secrets.DeleteAsync(NotificationSecrets.MailPassword, cancellationToken);
        }
        else if (body.Password is not null && body.Password != saved)
        {
            await secrets.SetAsync(NotificationSecrets.MailPassword, body.Password, cancellationToken);
        }

        await store.PutAsync(settings, cancellationToken);
        return View(settings, settings.UserName.Length > 0);
    }

    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        await store.DeleteAsync(cancellationToken);
        await secrets.DeleteAsync(NotificationSecrets.MailPassword, cancellationToken);
    }

    /// <summary>Sends a message at once and says how that went.</summary>
    public async Task<MailTestView> TestAsync(MailTestBody body, CancellationToken cancellationToken)
    {
        if (MailRules.AddressProblem(body.To) is { } problem)
        {
            throw ApiException.Field("to", problem);
        }

        var settings = await store.GetAsync(cancellationToken) ?? throw new ApiException(409, "There is no mail server yet", "PUT /api/mail sets one.");
        var (notification, delivery) = TestMessage.Of(DeliveryChannel.Email, body.To, null, time.GetUtcNow());
        try
        {
            await sender.SendAsync(delivery, notification, settings, await secrets.GetAsync(NotificationSecrets.MailPassword, cancellationToken), cancellationToken);
            return new MailTestView(true, null);
        }
        catch (DeliveryException failure)
        {
            return new MailTestView(false, failure.Message);
        }
    }

    private static MailView View(MailSettings settings, bool hasPassword) => new(
        settings.Host, settings.Port, settings.Security, settings.UserName, hasPassword, settings.From, settings.FromName, settings.TrustedCertificates, settings.LinkBase);
}

/// <summary>A message that says that messages arrive.</summary>
internal static class TestMessage
{
    public static (Notification Notification, Delivery Delivery) Of(DeliveryChannel channel, string target, string? directoryId, DateTimeOffset now)
    {
        var notification = new Notification(
            NotificationId.Of(now, $"test:{Guid.NewGuid():N}"), NotificationKind.RunCompleted, NotificationSeverity.Information, now,
            new NotificationContent("A test message", "Messages of LdapSync arrive here. There is nothing to do."))
        {
            DirectoryId = directoryId,
        };
        return (notification, new Delivery(NotificationId.OfDelivery(notification.Id, channel, target), channel, target) { Created = now });
    }
}
