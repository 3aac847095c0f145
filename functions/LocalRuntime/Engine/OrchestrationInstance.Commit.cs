using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LdapSync.LocalRuntime.Engine;

internal sealed partial class OrchestrationInstance
{
    private bool caughtUp;

    private async Task CommitAsync(InstanceState next, params (int Generation, int Step, StepRecord Record)[] records)
    {
        // The same id at every attempt: one whose answer was lost is known by it.
        next = next with { CommitId = engine.NewId(), Updated = engine.Now };
        etag = await engine.InsistAsync(instanceId, () => engine.Store.CommitAsync(next, etag, records, engine.Stopping));
        State = next;
        Tell();
    }

    /// <summary>
    /// Takes up what a former host has written after this one had read the instance: a request that was under way when that host ended.
    /// There can be no other, for it had one at a time; whoever writes again is a second host.
    /// </summary>
    private async Task CatchUpAsync()
    {
        caughtUp = true;
        engine.LogCatchesUp(instanceId);
        var generation = State?.Generation;
        var begun = open.Keys.ToHashSet();
        var stored = await engine.InsistAsync(instanceId, () => engine.Store.ReadAsync(instanceId, engine.Stopping));
        if (stored is not (var state, var tag))
        {
            (State, etag) = (null, default);
            Close();
            Tell();
            return;
        }

        List<StepRecord> records = state.IsEnded
            ? []
            : await engine.InsistAsync(instanceId, () => engine.Store.ReadHistoryAsync(instanceId, state.Generation, state.Steps, engine.Stopping));
        if (state.IsEnded || state.Generation != generation)
        {
            StopTimers();
            begun.Clear();
        }

        Restore(state, tag, records);
        Tell();
        await engine.InsistAsync(instanceId, async () =>
        {
            await engine.ResumeAsync(this, state, open.Values.Where(call => !begun.Contains(call.Id)), engine.Stopping);
            return true;
        });
        engine.TellParentOfEnd(state);
    }

    /// <summary>What came in is gone, so the instance would wait for it for ever: it fails with the reason.</summary>
    private async Task GiveUpAsync(Message message, Exception reason)
    {
        if (message is not (Message.Incoming or Message.Fault) || reason is InstanceTakenException || State is not { IsEnded: false } state)
        {
            return;
        }

        try
        {
            await FailAsync(state, Failures.Of(reason));
        }
#pragma warning disable CA1031 // the loop must go on; its state in the storage is as it was
        catch (Exception e)
#pragma warning restore CA1031
        {
            engine.LogInstanceFailed(instanceId, e);
        }
    }

    private async Task FailAsync(InstanceState state, TaskFailureDetails failure)
    {
        var end = new HistoryEvent { Kind = EventKind.Ended, Name = "Faulted", Failure = failure };
        var record = new StepRecord(engine.Now.UtcDateTime, [], [end], Executed: true);
        var next = state with { Status = OrchestrationRuntimeStatus.Failed, Steps = state.Steps + 1 };
        await CommitAsync(next.WithOutput(failure.ToString()), (state.Generation, state.Steps, record));
        Close();
        engine.TellParent(State!, end);
    }
}
