using LdapSync.Core.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace LdapSync.App.Sync;

/// <summary>
/// "Run LDAP synchronization": opens the run, has the data synchronized, closes the run whatever happened. Its instance id is
/// <c>sync-{directoryId}</c>: one at a time for each directory.
/// </summary>
public sealed class RunLdapSynchronization
{
    [Function(nameof(RunLdapSynchronization))]
    public static async Task<SyncOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, SyncRequest request)
    {
        var retry = Steps.Retry(seconds: 2);
        CloseRunInput closing;
        try
        {
            var opened = await context.CallActivityAsync<RunOpened>(nameof(OpenRun), request, retry);
            if (!opened.Opened)
            {
                return new SyncOutcome(RunStatus.Cancelled, new RunTotals(), null, null);
            }

            var outcome = await context.CallSubOrchestratorAsync<SyncOutcome>(
                nameof(SynchronizeUserData), new SynchronizeUserDataInput(request, opened), new SubOrchestrationOptions(instanceId: SynchronizeUserData.InstanceId(request.RunId)));
            closing = new CloseRunInput(request, outcome, null);
        }
        catch (TaskFailedException failure)
        {
            var (message, cancelled, unreachable) = Steps.Explain(failure.FailureDetails);
            closing = new CloseRunInput(
                request, cancelled ? new SyncOutcome(RunStatus.Cancelled, new RunTotals(), null, null) : null, message, unreachable);
        }

        // A run that cannot be closed now (storage is away) is closed later: an open run would block the directory.
        return await context.CallActivityAsync<SyncOutcome>(nameof(CloseRun), closing, TaskOptions.FromRetryPolicy(
            new RetryPolicy(maxNumberOfAttempts: 200, firstRetryInterval: TimeSpan.FromSeconds(2), backoffCoefficient: 1.5, maxRetryInterval: TimeSpan.FromMinutes(5))));
    }
}
