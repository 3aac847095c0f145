using LdapSync.App.Api;
using LdapSync.Core.Notifications;
using LdapSync.Notifications;
using LdapSync.Notifications.Webhooks;
using LdapSync.Storage.Records;
using LdapSync.Storage.Secrets;

namespace LdapSync.App.Notifications;

/// <summary>Calls a directory's webhook.</summary>
public sealed class WebhookTrial(DirectoryStore directories, ISecretStore secrets, MailSettingsStore mail, WebhookSender sender, TimeProvider time)
{
    /// <returns>Null: the directory has no webhook, or none any more.</returns>
    public async Task<WebhookTarget?> TargetAsync(string directoryId, CancellationToken cancellationToken) =>
        await directories.GetAsync(directoryId, cancellationToken) is { Settings.Notifications.Webhook: { Enabled: true } webhook }
        && await secrets.GetAsync(NotificationSecrets.WebhookUrl(directoryId), cancellationToken) is { } url
            ? new WebhookTarget(url, await secrets.GetAsync(NotificationSecrets.WebhookKey(directoryId), cancellationToken), webhook.Shape)
            : null;

    public async Task<MailTestView> TestAsync(string directoryId, CancellationToken cancellationToken)
    {
        _ = await directories.GetAsync(ApiText.Key(directoryId, "directory"), cancellationToken) ?? throw ApiException.NotFound($"directory '{directoryId}'");
        var target = await TargetAsync(directoryId, cancellationToken)
            ?? throw new ApiException(409, "There is no webhook", "Switch it on in the directory's settings: notifications.webhook.");
        var (notification, delivery) = TestMessage.Of(DeliveryChannel.Webhook, directoryId, directoryId, time.GetUtcNow());
        try
        {
            await sender.SendAsync(target, delivery, notification, (await mail.GetAsync(cancellationToken))?.LinkBase ?? "", cancellationToken);
            return new MailTestView(true, null);
        }
        catch (DeliveryException failure)
        {
            return new MailTestView(false, failure.Message);
        }
    }
}
