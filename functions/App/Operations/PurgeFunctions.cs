using LdapSync.App.Notifications;
using LdapSync.App.SignIns;
using LdapSync.Storage.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Operations;

/// <summary>Nothing in durable storage goes by itself: this takes away what nobody will ask for.</summary>
public sealed partial class PurgeFunctions(
    NotificationStore notifications, SignInPurge signIns, IOptions<NotificationOptions> options, TimeProvider time, ILogger<PurgeFunctions> logger)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    [Function("PurgeHistory")]
    public async Task PurgeHistory([TimerTrigger("%PurgeSchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        var filter = new PurgeInstancesFilter(
            CreatedTo: time.GetUtcNow() - Kept,
            Statuses: [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated]);
        var purged = await client.PurgeAllInstancesAsync(filter, cancellationToken);
        LogPurged(logger, purged.PurgedInstanceCount);
        await notifications.PurgeAsync(time.GetUtcNow().AddDays(-options.Value.KeepDays), cancellationToken);
        await signIns.RunAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Purged {Count} finished orchestrations")]
    private static partial void LogPurged(ILogger logger, int count);
}
