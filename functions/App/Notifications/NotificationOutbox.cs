using LdapSync.Core.Notifications;
using LdapSync.Core.Settings;
using LdapSync.Storage.Records;

namespace LdapSync.App.Notifications;

/// <summary>Puts a notification into the feed, and with it what is to be sent: in one step, once per cause (N6).</summary>
public sealed class NotificationOutbox(NotificationStore store)
{
    /// <param name="notification">With the id that follows from its cause.</param>
    /// <param name="settings">Of the directory: who gets it.</param>
    /// <param name="alsoTo">One more e-mail address, whatever the settings say; null: none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<bool> AddAsync(Notification notification, NotificationSettings settings, string? alsoTo, CancellationToken cancellationToken)
    {
        IEnumerable<string> byMail = settings.EmailOn.Contains(notification.Kind) ? settings.Recipients : [];
        var targets = byMail.Concat(alsoTo is null ? [] : [alsoTo]).Distinct(StringComparer.OrdinalIgnoreCase).Select(address => (DeliveryChannel.Email, address)).ToList();
        if (settings.Webhook is { Enabled: true } webhook && webhook.On.Contains(notification.Kind))
        {
            targets.Add((DeliveryChannel.Webhook, notification.DirectoryId!));
        }

        return store.AddAsync(
            notification,
            [
                .. targets.Select(target => new Delivery(NotificationId.OfDelivery(notification.Id, target.Item1, target.Item2), target.Item1, target.Item2)
                {
                    Created = notification.Created,
                    Due = notification.Created,
                }),
            ],
            cancellationToken);
    }
}
