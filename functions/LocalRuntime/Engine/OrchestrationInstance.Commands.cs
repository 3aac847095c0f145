using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LdapSync.LocalRuntime.Engine;

internal sealed partial class OrchestrationInstance
{
    private async Task<bool> TerminateAsync(Message.Terminate terminate)
    {
        if (State is not { IsEnded: false } state)
        {
            return State is not null;
        }

        // The text is kept in a record as well, so that a long one is not lost.
        var end = new HistoryEvent { Kind = EventKind.Ended, Name = "Terminated", Data = terminate.Output };
        var record = new StepRecord(engine.Now.UtcDateTime, [], [end], Executed: true);
        var next = state with
        {
            Status = OrchestrationRuntimeStatus.Terminated,
            TerminatesChildren = terminate.Recursive,
            Steps = state.Steps + 1,
        };
        await CommitAsync(next.WithOutput(terminate.Output), (state.Generation, state.Steps, record));
        Close();
        engine.TellParent(State!, end with { Failure = new TaskFailureDetails("(unknown)", terminate.Output ?? "(unknown)", null, null, null) });
        if (terminate.Recursive)
        {
            await engine.TerminateChildrenAsync(state, terminate.Output);
        }

        return true;
    }

    private async Task<bool> SuspendAsync(Message.Suspend message)
    {
        if (State is not { IsEnded: false } state)
        {
            return State is not null;
        }

        var from = message.Resume ? OrchestrationRuntimeStatus.Suspended : state.Status;
        var to = message.Resume ? OrchestrationRuntimeStatus.Running : OrchestrationRuntimeStatus.Suspended;
        if (state.Status == from && from != to)
        {
            await CommitAsync(state with { Status = to });
            WakeUp();
        }

        return true;
    }

    private async Task<bool> FaultAsync(Message.Fault fault)
    {
        if (State is not { IsEnded: false } state || state.Generation != fault.Generation)
        {
            return true;
        }

        await FailAsync(state, Failures.Of(new InvalidOperationException(OrchestratorThread.NotDurable)));
        return true;
    }

    private async Task<bool> PurgeAsync()
    {
        if (State is not { IsEnded: true } state)
        {
            return false;
        }

        await engine.Store.DeleteAsync(state, etag, engine.Stopping);
        Remember(state.Generation);
        State = null;
        etag = default;
        Tell();
        return true;
    }
}
