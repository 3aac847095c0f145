using LdapSync.Storage.Records;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Notifications;

/// <summary>Timer: sends what is due. Apart from the runs, so that a mail server that stalls holds up no synchronization.</summary>
public sealed class SendNotifications(DeliveryWorker worker, RecordsSetup setup)
{
    [Function(nameof(SendNotifications))]
    public async Task Run([TimerTrigger("%NotificationSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await setup.EnsureCreatedAsync(cancellationToken);
        await worker.SendDueAsync(cancellationToken);
    }
}
