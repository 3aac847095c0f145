using LdapSync.App.Api;
using LdapSync.App.Sync;
using LdapSync.Core.Records;
using Microsoft.DurableTask.Client;

namespace LdapSync.App.Runs;

/// <param name="DryRun">Only makes the inverse plan, to look at.</param>
public sealed record UndoBody(bool DryRun = false);

/// <param name="RunId">The run that takes the other one back; its changes and notes are looked at like those of every run.</param>
/// <param name="StatusUrl">Where it is looked at.</param>
/// <param name="Message">What happens next.</param>
public sealed record UndoStarted(string RunId, string StatusUrl, string Message);

/// <summary>Takes back what a run has applied, by a run of its own: the same lease, guards, approval and journal.</summary>
public sealed class RunUndo(RunDecisions runs, RunFiles files, SyncStarter starter)
{
    /// <summary>What the run, and whoever started it, are told.</summary>
    public const string Paused =
        "The schedule of the directory is paused: the next synchronization would do again what was taken back. Mend the cause first; then resume it in the settings (schedule.paused), which starts a run.";

    public async Task<UndoStarted> StartAsync(DurableTaskClient client, string runId, bool dryRun, CancellationToken cancellationToken)
    {
        var run = await runs.GetAsync(runId, cancellationToken);
        if (run.Finished is null)
        {
            throw new ApiException(409, "The run goes on", "Wait until it ends, or cancel it; then take back what it has applied.");
        }

        if (run.DryRun || run.Status == RunStatus.Rejected || run.PlanHash is null)
        {
            throw new ApiException(409, "There is nothing to take back", "The run has applied nothing: it was a preview, was rejected, or ended before there was a plan.");
        }

        _ = await files.FindPlanAsync(runId, cancellationToken)
            ?? throw new ApiException(410, "The journal is gone", "The run's changes are no longer kept, so they cannot be taken back.");
        var start = await starter.StartUndoAsync(client, run, dryRun, cancellationToken);
        if (!start.Started)
        {
            throw new ApiException(409, "A synchronization is running", SyncStarter.Busy)
            {
                Extensions = new Dictionary<string, object?> { ["runId"] = start.RunId, ["statusUrl"] = $"/api/runs/{start.RunId}" },
            };
        }

        return new UndoStarted(start.RunId, $"/api/runs/{start.RunId}", dryRun ? "A preview: nothing is changed." : $"When anything has been taken back: {Paused}");
    }
}
