using System.Text.Json.Nodes;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Sync;
using LdapSync.Core.Auditing;
using LdapSync.Core.Records;
using LdapSync.Storage.Auditing;
using LdapSync.Storage.Records;
using Microsoft.DurableTask.Client;

namespace LdapSync.App.Runs;

/// <summary>What a person decides about a run: stop it, or have a plan over a limit applied or not.</summary>
public sealed class RunDecisions(RunStore runs, AuditStore audit, CurrentCaller caller, TimeProvider time)
{
    public async Task<RunRecord> GetAsync(string runId, CancellationToken cancellationToken) =>
        await runs.GetAsync(runId, cancellationToken) ?? throw ApiException.NotFound($"run '{runId}'");

    public async Task CancelAsync(DurableTaskClient client, string runId, CancellationToken cancellationToken)
    {
        var run = await GetAsync(runId, cancellationToken);
        if (run.Finished is not null)
        {
            throw new ApiException(409, "The run has ended", $"It ended as {run.Status}.");
        }

        await runs.RequestCancelAsync(runId, cancellationToken);

        // Looked at again: it may have begun to wait before the wish was there to be seen.
        run = await GetAsync(runId, cancellationToken);
        if (run.Status == RunStatus.WaitingForApproval)
        {
            await RaiseAsync(client, run, approved: false, cancellationToken);
        }
    }

    /// <param name="planHash">Of the plan that was looked at.</param>
    public async Task DecideAsync(DurableTaskClient client, string runId, string? planHash, bool approved, CancellationToken cancellationToken)
    {
        var run = await GetAsync(runId, cancellationToken);
        if (run.Status != RunStatus.WaitingForApproval)
        {
            throw new ApiException(409, "The run does not wait for approval", $"It is {run.Status}.");
        }

        if (run.ApprovalDeadline < time.GetUtcNow())
        {
            throw new ApiException(409, "The time for approval is over", $"It ended at {run.ApprovalDeadline:u}; nothing was applied. Start the synchronization again.");
        }

        if (planHash != run.PlanHash)
        {
            throw ApiException.Field("planHash", "The run's plan has another hash: look at its changes again.", 409);
        }

        await runs.UpdateAsync(runId, record => record.PlanHash == planHash ? record with { DecidedBy = caller.Caller?.Name, DecidedAt = time.GetUtcNow() } : record, cancellationToken);
        var decision = new JsonObject { ["decision"] = approved ? "approved" : "rejected", ["planHash"] = planHash };
        await audit.ActAsync("run", AuditAction.Done, runId, null, decision, () => RaiseAsync(client, run, approved, cancellationToken), cancellationToken);
    }

    private static async Task<bool> RaiseAsync(DurableTaskClient client, RunRecord run, bool approved, CancellationToken cancellationToken)
    {
        await client.RaiseEventAsync(SynchronizeUserData.InstanceId(run.Id), SynchronizeUserData.ApprovalEvent, new Approval(approved, run.PlanHash!), cancellationToken);
        return true;
    }
}
