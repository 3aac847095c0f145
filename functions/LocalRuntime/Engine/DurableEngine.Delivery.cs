using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LdapSync.LocalRuntime.Engine;

internal sealed partial class DurableEngine
{
    /// <summary>
    /// Brings sub-orchestrations and events on their way, each until the other instance has stored it. Events go after what was sent out
    /// before: they may be for a sub-orchestration that is still being started.
    /// </summary>
    public async Task DeliverAsync(InstanceState from, int generation, IReadOnlyList<HistoryEvent> actions, Task former, Action onDelivered)
    {
        try
        {
            await Task.WhenAll(actions.Where(action => action.Kind == EventKind.SubCreated).Select(action => StartSubAsync(from, generation, action)).Append(former));
            foreach (var sent in actions.Where(action => action.Kind == EventKind.EventSent))
            {
                await SendEventAsync(from, generation, sent);
            }

            onDelivered();
        }
#pragma warning disable CA1031 // nobody awaits this; what was not delivered is marked in the sender's row and goes out at the next start
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!IsStopped)
            {
                LogInstanceFailed(from.InstanceId, e);
            }
        }
    }

    public async Task TerminateChildrenAsync(InstanceState parent, string? output)
    {
        foreach (var child in ChildrenOf(parent).Where(child => child.State is { IsEnded: false }))
        {
            try
            {
                await child.SendAsync(new Message.Terminate(output, Recursive: true));
            }
            catch (Exception) when (!IsStopped)
            {
                // The child has logged it; the others are terminated all the same.
            }
        }
    }

    public IEnumerable<OrchestrationInstance> ChildrenOf(InstanceState parent) =>
        All.Where(instance => instance.State?.Parent is { } link && link.InstanceId == parent.InstanceId && link.Generation == parent.Generation).ToList();

    public void TellParent(InstanceState child, HistoryEvent end)
    {
        if (child.Parent is { } parent && Find(parent.InstanceId) is { } instance)
        {
            var outcome = end.Failure is { } failure
                ? new HistoryEvent { Kind = EventKind.SubFailed, Id = parent.TaskId, Failure = failure }
                : new HistoryEvent { Kind = EventKind.SubCompleted, Id = parent.TaskId, Data = end.Data };
            instance.Post(new Message.Incoming(outcome, parent.Generation));
        }
    }

    /// <summary>Tells it again, from what is stored.</summary>
    public void TellParentOfEnd(InstanceState child)
    {
        if (child is { IsEnded: true, Parent: not null })
        {
            _ = Task.Run(async () => TellParent(child, await EndOfAsync(child)));
        }
    }

    private async Task<HistoryEvent> EndOfAsync(InstanceState child)
    {
        try
        {
            var records = await InsistAsync(child.InstanceId, () => Store.ReadHistoryAsync(child.InstanceId, child.Generation, child.Steps, Stopping));
            var end = records[^1].Actions[^1];
            return child.Status == OrchestrationRuntimeStatus.Terminated
                ? end with { Failure = new TaskFailureDetails("(unknown)", end.Data ?? "(unknown)", null, null, null) }
                : end;
        }
        catch (Exception e) when (!IsStopped)
        {
            // Its parent waits for an end, whatever it is.
            LogInstanceFailed(child.InstanceId, e);
            return new HistoryEvent { Kind = EventKind.Ended, Failure = Failures.Of(e) };
        }
    }

    private async Task StartSubAsync(InstanceState parent, int generation, HistoryEvent action)
    {
        var started = new HistoryEvent { Kind = EventKind.Started, Name = action.Name, Data = action.Data };
        var link = new ParentLink(parent.Name, parent.InstanceId, generation, action.Id);
        try
        {
            await Get(action.Instance!).SendAsync(new Message.Start(
                action.Name!, started, link, null, action.Tags?.ToDictionary() ?? [], action.Version ?? "", null));
        }
        catch (Exception e) when (!IsStopped)
        {
            // Whatever keeps it from being started is its outcome.
            var failed = new HistoryEvent { Kind = EventKind.SubFailed, Id = action.Id, Failure = Failures.Of(e) };
            Get(parent.InstanceId).Post(new Message.Incoming(failed, generation));
        }
    }

    private async Task SendEventAsync(InstanceState from, int generation, HistoryEvent sent)
    {
        if (Find(sent.Instance!) is not { } target)
        {
            LogEventLost(from.InstanceId, sent.Name!, sent.Instance!);
            return;
        }

        var mark = $"{from.InstanceId}/{generation}/{sent.Id}";
        var raised = new HistoryEvent { Kind = EventKind.EventRaised, Name = sent.Name, Data = sent.Data, Instance = mark };
        try
        {
            await target.SendAsync(new Message.Incoming(raised, null));
        }
        catch (Exception) when (!IsStopped)
        {
            // The target has logged it and has failed; what else was sent goes out all the same.
        }
    }
}
