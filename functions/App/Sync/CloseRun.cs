using LdapSync.App.Collisions;
using LdapSync.App.Notifications;
using LdapSync.App.Operations;
using LdapSync.App.Runs;
using LdapSync.Core.Records;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: the run's result, the watermark when all succeeded, the directory free again.</summary>
public sealed class CloseRun(RunClosing closing, ILogger<CloseRun> logger)
{
    [Function(nameof(CloseRun))]
    public Task<SyncOutcome> Run([ActivityTrigger] CloseRunInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.Request.RunId, nameof(CloseRun), () => closing.CloseAsync(input, cancellationToken));
}

public sealed partial class RunClosing(
    DirectoryStore directories, RunStore runs, RunFiles files, CollisionRecording collisions, ChangesKeeping changes, AbandonedLogins logins, RunAnnouncements announcements,
    TimeProvider time, ILogger<RunClosing> logger)
{
    public async Task<SyncOutcome> CloseAsync(CloseRunInput input, CancellationToken cancellationToken)
    {
        var (request, outcome, error, unreachable) = input;
        var status = outcome?.Status ?? RunStatus.Failed;
        if (outcome?.LeftOut is { Count: > 0 } leftOut)
        {
            await files.SavePlanAsync(request.RunId, await files.LoadPlanAsync(request.RunId, cancellationToken) with { LeftOut = leftOut }, cancellationToken);
        }

        if (status == RunStatus.Completed && !request.DryRun && request.UndoOf is null && await runs.GetAsync(request.RunId, cancellationToken) is { Finished: null })
        {
            await collisions.RecordAsync(request.DirectoryId, request.RunId, cancellationToken);
        }

        if ((status != RunStatus.Completed || outcome!.Totals.Conflicts > 0) && !request.DryRun && await HoldsAsync(request, cancellationToken))
        {
            await logins.FreeAsync(request.RunId, cancellationToken);
        }

        var run = await FinishAsync(request, status, outcome, error, cancellationToken);
        if (outcome is { Status: RunStatus.Completed, Kept: { } population } && !request.DryRun && await HoldsAsync(request, cancellationToken))
        {
            await changes.KeepAsync(request, population, cancellationToken);
        }

        await ReleaseAsync(request, run.Mode, status == RunStatus.Completed ? outcome : null, cancellationToken);
        await announcements.ClosedAsync(run, unreachable, cancellationToken);
        await files.DeleteReadsAsync(request.RunId, cancellationToken);
        await runs.DeleteProgressAsync(request.RunId, cancellationToken);
        Log(request, status, run);
        Telemetry.RunEnded(run);
        return outcome ?? new SyncOutcome(status, run.Totals, null, run.PlanHash);
    }

    private Task<RunRecord> FinishAsync(SyncRequest request, RunStatus status, SyncOutcome? outcome, string? error, CancellationToken cancellationToken) =>
        runs.UpdateAsync(
            request.RunId,
            run => run.Finished is not null ? run : run with
            {
                Status = status == RunStatus.Rejected && run.CancelRequested ? RunStatus.Cancelled : status,
                Error = error ?? (status == RunStatus.Rejected && !run.CancelRequested ? "The plan exceeded the removal limits and was not approved; nothing was applied." : null),
                Totals = outcome is { Status: RunStatus.Completed or RunStatus.Rejected } ? outcome.Totals : run.Totals,
                Warnings = Undone(request, outcome) && status == RunStatus.Completed ? [.. run.Warnings.Except([RunUndo.Paused]), RunUndo.Paused] : run.Warnings,
                ApprovalDeadline = null,
                Phase = "",
                Finished = time.GetUtcNow(),
            },
            cancellationToken);

    /// <summary>False when an earlier attempt has come as far as giving the directory free: the run's files may be gone.</summary>
    private async Task<bool> HoldsAsync(SyncRequest request, CancellationToken cancellationToken) =>
        (await directories.GetAsync(request.DirectoryId, cancellationToken))?.ActiveRunId == request.RunId;

    private async Task ReleaseAsync(SyncRequest request, RunMode mode, SyncOutcome? succeeded, CancellationToken cancellationToken)
    {
        var context = await files.FindContextAsync(request.RunId, cancellationToken);
        while (await directories.GetAsync(request.DirectoryId, cancellationToken) is { } directory && directory.ActiveRunId == request.RunId)
        {
            // Settings that were saved meanwhile find and map otherwise: with them, nothing has been read yet.
            var counts = succeeded is not null && context?.Settings.ReadsLike(directory.Settings) == true;
            try
            {
                await directories.ReplaceAsync(
                    directory with
                    {
                        ActiveRunId = null,
                        LastRunFinished = request.DryRun ? directory.LastRunFinished : time.GetUtcNow(),
                        LastFullRun = counts && request.UndoOf is null && mode == RunMode.Full && !request.DryRun ? time.GetUtcNow() : directory.LastFullRun,
                        Watermark = Undone(request, succeeded) ? null : counts ? Later(directory.Watermark, succeeded!.Watermark) : directory.Watermark,

                        // The next run would do again what was just taken back.
                        Settings = Undone(request, succeeded)
                            ? directory.Settings with { Schedule = directory.Settings.Schedule with { Paused = true } }
                            : directory.Settings,
                    },
                    cancellationToken);
                return;
            }
            catch (RecordChangedException)
            {
                // Settings were saved at this moment: look again.
            }
        }
    }

    private static bool Undone(SyncRequest request, SyncOutcome? succeeded) =>
        request is { UndoOf: not null, DryRun: false } && succeeded is { Totals.Applied: > 0 };

    private DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is not { } before || ModeChoice.IsToCome(before, time) || other > before ? other : one;

    private void Log(SyncRequest request, RunStatus status, RunRecord run)
    {
        var seconds = (run.Finished!.Value - run.Queued).TotalSeconds;
        if (status == RunStatus.Failed)
        {
            LogFailed(logger, request.DirectoryId, request.RunId, seconds);
        }
        else if (status == RunStatus.Completed && !request.DryRun)
        {
            LogSucceeded(logger, request.DirectoryId, request.RunId, seconds);
        }
        else
        {
            LogClosed(logger, request.DirectoryId, request.RunId, status, seconds);
        }
    }

    // Alerts look for the names of these events (infra/modules).
    [LoggerMessage(EventName = AlertEvents.RunFailed, Level = LogLevel.Error, Message = "Directory {DirectoryId}: run {RunId} failed after {Seconds:0.0} s")]
    private static partial void LogFailed(ILogger logger, string directoryId, string runId, double seconds);

    [LoggerMessage(EventName = AlertEvents.RunSucceeded, Level = LogLevel.Information, Message = "Directory {DirectoryId}: run {RunId} succeeded after {Seconds:0.0} s")]
    private static partial void LogSucceeded(ILogger logger, string directoryId, string runId, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Directory {DirectoryId}: run {RunId} ended as {Status} after {Seconds:0.0} s")]
    private static partial void LogClosed(ILogger logger, string directoryId, string runId, RunStatus status, double seconds);
}
