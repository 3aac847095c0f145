using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LdapSync.LocalRuntime.Engine;

internal sealed partial class OrchestrationInstance
{
    private async Task CommitAsync(InstanceState next, params (int Generation, int Step, StepRecord Record)[] records)
    {
        // The same id at every attempt: one whose answer was lost is known by it.
        next = next with { CommitId = engine.NewId(), Updated = engine.Now };
        etag = await engine.InsistAsync(instanceId, () => engine.Store.CommitAsync(next, etag, records, engine.Stopping));
        State = next;
        Tell();
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
