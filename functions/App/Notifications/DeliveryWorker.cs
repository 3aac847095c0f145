using LdapSync.Core.Notifications;
using LdapSync.Notifications;
using LdapSync.Notifications.Mail;
using LdapSync.Notifications.Webhooks;
using LdapSync.Storage.Records;
using LdapSync.Storage.Secrets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Notifications;

/// <summary>
/// Sends what is due. A delivery is taken up by one worker at a time (its row's entity tag), which has it for as long as sending can take; who dies with it
/// leaves it to the next one. What was sent leaves the outbox at once: between the other side's word and that write there is nothing else.
/// </summary>
public sealed partial class DeliveryWorker(
    NotificationStore store,
    MailSettingsStore mail,
    ISecretStore secrets,
    MailSender sender,
    WebhookSender webhooks,
    WebhookTrial targets,
    IOptions<NotificationOptions> options,
    TimeProvider time,
    ILogger<DeliveryWorker> logger)
{
    private const int AtOnce = 100;
    private const int Parallel = 8;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <returns>How many were sent.</returns>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        var due = await store.DueAsync(time.GetUtcNow(), AtOnce, cancellationToken);
        if (due.Count == 0)
        {
            return 0;
        }

        var settings = await mail.GetAsync(cancellationToken);
        var password = settings is { UserName.Length: > 0 } ? await secrets.GetAsync(NotificationSecrets.MailPassword, cancellationToken) : null;
        var sent = 0;
        await System.Threading.Tasks.Parallel.ForEachAsync(
            due.Reverse(), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (delivery, token) =>
            {
                if (await SendAsync(delivery, settings, password, token))
                {
                    Interlocked.Increment(ref sent);
                }
            });
        return sent;
    }

    private async Task<bool> SendAsync(Delivery delivery, MailSettings? settings, string? password, CancellationToken cancellationToken)
    {
        var taken = await store.TryReplaceAsync(
            delivery with { Due = time.GetUtcNow() + options.Value.Lease, Attempts = delivery.Attempts + 1 }, cancellationToken);
        if (taken is null)
        {
            return false;
        }

        if (await store.GetAsync(taken.NotificationId, cancellationToken) is not { } notification)
        {
            // The feed is kept longer than anything is tried; somebody removed it.
            await store.CloseAsync(taken with { GivenUp = true, LastError = "The notification was removed." }, null, cancellationToken);
            return false;
        }

        try
        {
            await SendAsync(taken, notification, settings, password, cancellationToken);
        }
        catch (DeliveryException failure)
        {
            await FailedAsync(taken, notification, failure, cancellationToken);
            return false;
        }

        // Whoever wants this to end does not end it here.
        await store.CloseAsync(taken with { Sent = time.GetUtcNow(), LastError = null }, null, CancellationToken.None);
        LogSent(logger, taken.Channel, taken.Id, taken.Attempts);
        return true;
    }

    private async Task SendAsync(Delivery delivery, Notification notification, MailSettings? settings, string? password, CancellationToken cancellationToken)
    {
        if (delivery.Channel == DeliveryChannel.Email)
        {
            await sender.SendAsync(
                delivery, notification, settings ?? throw new DeliveryException("There is no mail server: PUT /api/mail sets one.", canRetry: true), password, cancellationToken);
            return;
        }

        var target = await targets.TargetAsync(delivery.Target, cancellationToken)
            ?? throw new DeliveryException("The directory has no webhook any more.", canRetry: false);
        await webhooks.SendAsync(target, delivery, notification, settings?.LinkBase ?? "", cancellationToken);
    }

    private async Task FailedAsync(Delivery delivery, Notification notification, DeliveryException failure, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var next = now + RetrySchedule.After(delivery.Attempts, TimeSpan.FromSeconds(options.Value.RetrySeconds), LongestWait, failure.RetryAfter);
        if (failure.CanRetry && next - delivery.Created <= TimeSpan.FromHours(options.Value.GiveUpHours))
        {
            await store.TryReplaceAsync(delivery with { Due = next, LastError = failure.Message }, cancellationToken);
            LogFailed(logger, delivery.Channel, delivery.Id, delivery.Attempts, failure.CanRetry);
            return;
        }

        var about = new Notification(
            NotificationId.Of(now, $"delivery:{delivery.Id}"), NotificationKind.DeliveryFailed, NotificationSeverity.Warning, now,
            new NotificationContent(
                $"Not delivered: {notification.Content.Title}",
                delivery.Channel == DeliveryChannel.Email ? "An e-mail could not be delivered and was given up." : "The webhook could not be called, and the message was given up.")
            {
                Facts =
                [
                    new NotificationFact(delivery.Channel == DeliveryChannel.Email ? "Recipient" : "Webhook of directory", delivery.Target),
                    new NotificationFact("Attempts", $"{delivery.Attempts}"),
                    new NotificationFact("Answer", failure.Message),
                ],
            })
        {
            DirectoryId = notification.DirectoryId,
            RunId = notification.RunId,
        };
        await store.CloseAsync(delivery with { GivenUp = true, LastError = failure.Message }, about, cancellationToken);
        LogGivenUp(logger, delivery.Channel, delivery.Id, delivery.Attempts);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Channel} delivery {Id} sent at attempt {Attempt}")]
    private static partial void LogSent(ILogger logger, DeliveryChannel channel, string id, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Channel} delivery {Id} failed at attempt {Attempt}, to be tried again: {CanRetry}")]
    private static partial void LogFailed(ILogger logger, DeliveryChannel channel, string id, int attempt, bool canRetry);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Channel} delivery {Id} given up after {Attempts} attempts")]
    private static partial void LogGivenUp(ILogger logger, DeliveryChannel channel, string id, int attempts);
}
