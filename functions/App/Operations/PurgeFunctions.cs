using LdapSync.App.Notifications;
using LdapSync.App.SignIns;
using LdapSync.Storage.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Operations;

/// <summary>Nothing goes by itself: this takes away what nobody will ask for, each kind after its own time.</summary>
public sealed partial class PurgeFunctions(
    Purge purge, NotificationStore notifications, SignInPurge signIns, IOptions<NotificationOptions> options, RecordsSetup setup, TimeProvider time,
    ILogger<PurgeFunctions> logger)
{
    [Function("PurgeHistory")]
    public async Task PurgeHistory([TimerTrigger("%PurgeSchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        await setup.EnsureCreatedAsync(cancellationToken);
        var filter = new PurgeInstancesFilter(
            CreatedTo: purge.InstancesEdge,
            Statuses: [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated]);
        var instances = await client.PurgeAllInstancesAsync(filter, cancellationToken);
        var (runs, journals, staged, audit) = await purge.RunAsync(cancellationToken);
        await notifications.PurgeAsync(time.GetUtcNow().AddDays(-options.Value.KeepDays), cancellationToken);
        await signIns.RunAsync(cancellationToken);
        LogPurged(logger, instances.PurgedInstanceCount, runs, journals, staged, audit);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Purged {Instances} finished orchestrations, {Runs} runs, {Journals} journals, {Staged} staged folders, {Audit} audit records")]
    private static partial void LogPurged(ILogger logger, int instances, int runs, int journals, int staged, int audit);
}
