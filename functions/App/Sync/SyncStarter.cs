using System.Security.Cryptography;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Notifications;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LdapSync.App.Sync;

/// <summary>A run that was started, or the one that was in the way.</summary>
public sealed record SyncStart(string RunId, bool Started);

/// <summary>Starts runs: by the timer, by hand, after settings were saved. One at a time for each directory.</summary>
public sealed class SyncStarter(DirectoryStore directories, RunStore runs, CurrentCaller caller, RunAnnouncements announcements, TimeProvider time)
{
    private static readonly TimeSpan StartingTakes = TimeSpan.FromMinutes(2);

    /// <summary>What to do where <see cref="SyncStart.Started"/> is false.</summary>
    public const string Busy = "Wait until it ends, or cancel it. One that has finished a moment ago may still be tidying up: try again in a minute.";

    /// <summary>From the moment when a run says that it has finished until its orchestration has ended.</summary>
    private static readonly TimeSpan ClosingTakes = TimeSpan.FromSeconds(15);

    public static string InstanceId(string directoryId) => $"sync-{directoryId}";

    /// <exception cref="ApiException">There is no such directory.</exception>
    public Task<SyncStart> StartAsync(
        DurableTaskClient client, string directoryId, RunMode mode, bool dryRun, RunTrigger trigger, CancellationToken cancellationToken, string? notifyEmail = null) =>
        StartAsync(client, directoryId, mode, dryRun, trigger, undoOf: null, notifyEmail, cancellationToken);

    /// <summary>Takes back what a run has applied; it holds the directory like a synchronization.</summary>
    public Task<SyncStart> StartUndoAsync(DurableTaskClient client, RunRecord run, bool dryRun, CancellationToken cancellationToken) =>
        StartAsync(client, run.DirectoryId, RunMode.Full, dryRun, RunTrigger.Undo, run.Id, notifyEmail: null, cancellationToken);

    private async Task<SyncStart> StartAsync(
        DurableTaskClient client, string directoryId, RunMode mode, bool dryRun, RunTrigger trigger, string? undoOf, string? notifyEmail, CancellationToken cancellationToken)
    {
        var directory = await directories.GetAsync(directoryId, cancellationToken) ?? throw ApiException.NotFound($"directory '{directoryId}'");
        if (await RunningAsync(client, directory, cancellationToken) is { } running)
        {
            return new SyncStart(running, Started: false);
        }

        var run = await runs.InsertAsync(
            new RunRecord(RunStore.NewRunId(directoryId, time.GetUtcNow(), RandomNumberGenerator.GetInt32(1 << 16)), directoryId)
            {
                Mode = mode,
                RequestedMode = mode,
                DryRun = dryRun,
                Trigger = trigger,
                StartedBy = caller.Caller?.Name,
                NotifyEmail = notifyEmail,
                UndoOf = undoOf,
                Status = RunStatus.Queued,
                Queued = time.GetUtcNow(),
            },
            cancellationToken);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(RunLdapSynchronization),
                new SyncRequest(directoryId, run.Id, mode, dryRun, trigger, undoOf),
                new StartOrchestrationOptions(InstanceId(directoryId)),
                cancellationToken);
            return new SyncStart(run.Id, Started: true);
        }
        catch (Exception taken) when (IsAlreadyRunning(taken))
        {
            // Another caller was faster by a moment.
            await EndAsync(run.Id, "Another run was started at the same moment.", RunStatus.Cancelled, cancellationToken);
            return new SyncStart((await NewestOpenAsync(directoryId, cancellationToken))?.Id ?? run.Id, Started: false);
        }
        catch
        {
            await EndAsync(run.Id, "The run could not be started.", RunStatus.Failed, cancellationToken);
            throw;
        }
    }

    private async Task<string?> RunningAsync(DurableTaskClient client, DirectoryRecord directory, CancellationToken cancellationToken)
    {
        var instance = await client.GetInstanceAsync(InstanceId(directory.Id), cancellationToken);
        var open = await NewestOpenAsync(directory.Id, cancellationToken);
        if (instance is { IsCompleted: false } && !(open is null && await IsClosedAsync(client, directory.Id, cancellationToken)))
        {
            return open?.Id ?? directory.ActiveRunId ?? "";
        }

        // No orchestration works on the run: it was terminated from outside. A young one may belong to a caller who is about to start it.
        if (open is not null && (open.Started is not null || time.GetUtcNow() - open.Queued > StartingTakes))
        {
            // Or it was started between the two questions.
            if (await client.GetInstanceAsync(InstanceId(directory.Id), cancellationToken) is { IsCompleted: false })
            {
                return open.Id;
            }

            await EndAsync(open.Id, "The orchestration was ended from outside before the run was finished.", RunStatus.Failed, cancellationToken);
        }

        return null;
    }

    /// <summary>A run is looked at until it has finished, and the next one asked for at once: whoever asks waits for the rest rather than being sent away.</summary>
    private async Task<bool> IsClosedAsync(DurableTaskClient client, string directoryId, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ClosingTakes, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await client.WaitForInstanceCompletionAsync(InstanceId(directoryId), either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<RunRecord?> NewestOpenAsync(string directoryId, CancellationToken cancellationToken)
    {
        await foreach (var run in runs.ListAsync(directoryId, 5, cancellationToken))
        {
            if (run.Finished is null)
            {
                return run;
            }
        }

        return null;
    }

    private async Task EndAsync(string runId, string error, RunStatus status, CancellationToken cancellationToken)
    {
        var ended = await runs.UpdateAsync(
            runId, run => run.Finished is not null ? run : run with { Status = status, Error = error, Finished = time.GetUtcNow() }, cancellationToken);
        if (ended.Status == RunStatus.Failed)
        {
            await announcements.ClosedAsync(ended, unreachable: false, cancellationToken);
        }
    }

    /// <summary>By name: hosts and package versions wrap this failure in different types.</summary>
    private static bool IsAlreadyRunning(Exception failure) =>
        failure.GetType().Name == "OrchestrationAlreadyExistsException"
        || (failure.GetType().Name == "RpcException" && failure.Message.Contains("AlreadyExists", StringComparison.Ordinal))
        || failure.Message.Contains("already exists", StringComparison.OrdinalIgnoreCase);
}
