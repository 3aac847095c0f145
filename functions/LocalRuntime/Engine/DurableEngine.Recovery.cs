using System.Globalization;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace LdapSync.LocalRuntime.Engine;

internal sealed partial class DurableEngine
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Task hub {Hub}: {Running} of {Count} orchestrations are taken up where they stood")]
    private partial void LogRecovered(string hub, int running, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Orchestration {InstanceId}: a step could not be taken")]
    internal partial void LogInstanceFailed(string instanceId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orchestration {InstanceId}: storage does not do what it is asked (attempt {Attempt}): {Reason}")]
    private partial void LogStorageAway(string instanceId, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orchestration {InstanceId}: a former host's last write came late; its state is read again")]
    internal partial void LogCatchesUp(string instanceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orchestration {InstanceId}: event {Event} is dropped, there is no instance {Target}")]
    private partial void LogEventLost(string instanceId, string @event, string target);

    /// <summary>Does again whatever a committed step asked for and has no outcome.</summary>
    /// <param name="instance">Of it no message is being handled.</param>
    /// <param name="state">Its state.</param>
    /// <param name="calls">The calls that nobody has begun in this process.</param>
    public async Task ResumeAsync(OrchestrationInstance instance, InstanceState state, IEnumerable<HistoryEvent> calls, CancellationToken cancellation)
    {
        if (state.Outbox is { } outbox)
        {
            await SendAgainAsync(instance, state, outbox, cancellation);
        }

        if (state is { Status: OrchestrationRuntimeStatus.Terminated, TerminatesChildren: true })
        {
            _ = TerminateChildrenAsync(state, state.Output);
        }

        if (!state.IsEnded)
        {
            instance.SendOut([.. calls], state.Generation);
            instance.WakeUp();
        }
    }

    /// <summary>
    /// Reads all state rows and the histories of what has not ended, then resumes them. No message is handled before all are resumed: what
    /// one sends would change another while it is looked at.
    /// </summary>
    private async Task RecoverAsync(CancellationToken cancellation)
    {
        var found = await Store.ReadStatesAsync(cancellation);
        foreach (var (state, etag) in found)
        {
            List<StepRecord> records = state.IsEnded ? [] : await Store.ReadHistoryAsync(state.InstanceId, state.Generation, state.Steps, cancellation);
            var instance = Get(state.InstanceId);
            instance.Hold();
            instance.Restore(state, etag, records);
            if (state.Parent is { } parent)
            {
                // The parent may have been purged.
                Get(parent.InstanceId).Remember(parent.Generation);
            }
        }

        foreach (var (state, _) in found)
        {
            var instance = Get(state.InstanceId);
            await ResumeAsync(instance, state, instance.Open, cancellation);
        }

        foreach (var (state, _) in found)
        {
            Get(state.InstanceId).Release();
        }

        LogRecovered(Hub, found.Count(row => !row.State.IsEnded), found.Count);
    }

    private async Task SendAgainAsync(OrchestrationInstance instance, InstanceState state, string outbox, CancellationToken cancellation)
    {
        var parts = outbox.Split('/').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToList();
        for (var generation = parts[0]; generation <= state.Generation; generation++)
        {
            var steps = generation == state.Generation ? state.Steps : int.MaxValue;
            var records = await Store.ReadHistoryAsync(state.InstanceId, generation, steps, cancellation);
            var from = generation == parts[0] ? parts[1] : 0;
            var unsent = records.Skip(from).SelectMany(record => record.Actions).Where(action => action.Kind == EventKind.EventSent || (action.Kind == EventKind.SubCreated && (state.IsEnded || generation < state.Generation)));
            instance.SendOut([.. unsent], generation);
        }
    }
}
