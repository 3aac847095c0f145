using DurableTask.Core.Exceptions;
using Microsoft.DurableTask.Client;

namespace LdapSync.LocalRuntime.Engine;

internal sealed partial class OrchestrationInstance
{
    private async Task<bool> StartAsync(Message.Start start)
    {
        if (State is { } existing)
        {
            if (start.Parent is not null && existing.Parent == start.Parent)
            {
                // Sent again after a restart: it is there, and maybe its end was not heard.
                engine.TellParentOfEnd(existing);
                return true;
            }

            var refused = start.DedupeStatuses ?? [];
            if (!existing.IsEnded || refused.Contains(existing.Status.ToString(), StringComparer.OrdinalIgnoreCase))
            {
                throw new OrchestrationAlreadyExistsException($"An orchestration with the instance id '{instanceId}' exists already and is {existing.Status}.");
            }
        }

        Remember(State?.Generation ?? 0);
        var (former, generation) = (State?.Generation, formerGenerations + 1);
        var record = new StepRecord(engine.Now.UtcDateTime, [start.Started], [], Executed: false);
        var next = new InstanceState
        {
            InstanceId = instanceId,
            Name = start.Name,
            Status = OrchestrationRuntimeStatus.Pending,
            Created = engine.Now,
            Generation = generation,
            Steps = 1,
            Parent = start.Parent,
            StartAt = start.StartAt,
            Tags = start.Tags,
            Version = start.Version,
        }.WithInput(start.Started.Data);
        await CommitAsync(next, (generation, 0, record));
        Begin(record);
        if (former is { } ended)
        {
            engine.ForgetHistory(instanceId, ended);
        }

        return true;
    }

    private void Begin(StepRecord first)
    {
        open.Clear();
        StopTimers();
        history = [first];
        WakeUp();
    }

    private async Task<bool> StepAsync(List<Message.Incoming> messages)
    {
        if (State is not { IsEnded: false } state)
        {
            return State is not null;
        }

        var incoming = Relevant(messages);
        var record = new StepRecord(engine.Now.UtcDateTime, incoming, [], Executed: false);
        if (state.Status == OrchestrationRuntimeStatus.Suspended || state.StartAt > engine.Now)
        {
            if (incoming.Count > 0)
            {
                await CommitAsync(state with { Steps = state.Steps + 1 }, (state.Generation, state.Steps, record));
                history.Add(record);
                Follow(record);
            }

            if (state.Status != OrchestrationRuntimeStatus.Suspended && messages.Exists(message => message.Event is null))
            {
                // A timer may fire a little early, and it was the only one.
                WakeUp();
            }

            return true;
        }

        if (incoming.Count == 0 && (history.Count == 0 || history[^1].Executed))
        {
            return true;
        }

        var generation = state.Generation;
        var outcome = await engine.RunAsync(state, [.. history, record], () => Post(new Message.Fault(generation)));
        await CompleteStepAsync(state, record with { Actions = outcome.Actions, Executed = true }, outcome);
        return true;
    }

    /// <summary>Leaves out what is for a former generation, has come already, or answers no open call.</summary>
    private List<HistoryEvent> Relevant(List<Message.Incoming> messages)
    {
        List<HistoryEvent> relevant = [];
        HashSet<int> answered = [];
        foreach (var message in messages)
        {
            if (message.Event is not { } incoming || (message.Generation is { } generation && generation != State!.Generation))
            {
                continue;
            }

            var isNew = incoming.Kind == EventKind.EventRaised
                ? incoming.Instance is not { } mark || !history.SelectMany(r => r.Events).Concat(relevant).Any(e => e.Kind == EventKind.EventRaised && e.Instance == mark)
                : open.ContainsKey(incoming.Id) && answered.Add(incoming.Id);
            if (isNew)
            {
                relevant.Add(incoming);
            }
        }

        return relevant;
    }

    private async Task CompleteStepAsync(InstanceState state, StepRecord record, StepOutcome outcome)
    {
        var step = state.Steps;
        var leaves = record.Actions.Any(a => a.Kind == EventKind.EventSent || (a.Kind == EventKind.SubCreated && outcome.End is not null));
        var next = state with
        {
            Status = OrchestrationRuntimeStatus.Running,
            Steps = step + 1,
            CustomStatus = outcome.CustomStatus,
            StartAt = null,
            Outbox = state.Outbox ?? (leaves ? $"{state.Generation}/{step}" : null),
        };
        if (outcome.End is { Again: true } again)
        {
            await ContinueAsNewAsync(next, record, again, outcome.KeptEvents);
            return;
        }

        if (outcome.End is { } end)
        {
            next = next with { Status = end.Failure is null ? OrchestrationRuntimeStatus.Completed : OrchestrationRuntimeStatus.Failed };
            next = next.WithOutput(end.Failure is { } failure ? failure.ToString() : end.Data);
        }

        await CommitAsync(next, (state.Generation, step, record));
        history.Add(record);
        Follow(record);
        SendOut(record.Actions, state.Generation);
        if (outcome.End is { } final)
        {
            Close();
            engine.TellParent(State!, final);
        }
    }

    private async Task ContinueAsNewAsync(InstanceState next, StepRecord record, HistoryEvent again, IReadOnlyList<HistoryEvent> kept)
    {
        var former = next.Generation;
        var step = next.Steps - 1;
        var started = new HistoryEvent { Kind = EventKind.Started, Name = next.Name, Data = again.Data };
        var first = new StepRecord(engine.Now.UtcDateTime, [started, .. kept], [], Executed: false);
        next = (next with { Generation = former + 1, Steps = 1, Version = again.Version ?? next.Version }).WithInput(again.Data);
        await CommitAsync(next, (former, step, record), (former + 1, 0, first));
        Begin(first);
        SendOut(record.Actions.Where(action => action.Kind != EventKind.TimerCreated), former);
        if (State!.Outbox is null)
        {
            engine.ForgetHistory(instanceId, former);
        }
    }
}
