namespace LdapSync.LocalRuntime.Engine;

internal sealed partial class OrchestrationInstance
{
    /// <summary>
    /// Does what a committed step asked for. Other instances are not waited for here: two that send to each other would stand still.
    /// </summary>
    public void SendOut(IEnumerable<HistoryEvent> actions, int generation)
    {
        List<HistoryEvent> outgoing = [];
        foreach (var action in actions)
        {
            Dispatch(action, generation);
            if (action.Kind is EventKind.EventSent or EventKind.SubCreated)
            {
                outgoing.Add(action);
            }
        }

        if (outgoing.Count > 0)
        {
            Interlocked.Increment(ref deliveries);
            delivering = engine.DeliverAsync(State!, generation, outgoing, delivering, () =>
            {
                if (Interlocked.Decrement(ref deliveries) == 0)
                {
                    Post(new Message.Delivered());
                }
            });
        }
    }

    private async Task<bool> DeliveredAsync()
    {
        if (State is { Outbox: not null } state && Volatile.Read(ref deliveries) == 0)
        {
            await CommitAsync(state with { Outbox = null });
        }

        return true;
    }

    /// <summary>Begins an activity or arms a timer.</summary>
    public void Dispatch(HistoryEvent action, int generation)
    {
        if (action.Kind == EventKind.TaskScheduled)
        {
            engine.Activities.Enqueue(this, generation, action);
        }
        else if (action.Kind == EventKind.TimerCreated)
        {
            // As a storage queue's delay: whole seconds, so a timer may fire up to a second early.
            var due = TimeSpan.FromSeconds(Math.Floor(Math.Max(0, (action.At!.Value - engine.Now.UtcDateTime).TotalSeconds)));
            var fired = new HistoryEvent { Kind = EventKind.TimerFired, Id = action.Id };
            At(due, () => Post(new Message.Incoming(fired, generation)));
        }
    }

    private void At(TimeSpan due, Action action)
    {
        if (due <= TimeSpan.Zero)
        {
            action();
            return;
        }

        // A timer of .NET reaches 49 days; a longer one is armed again.
        var longest = TimeSpan.FromDays(30);
        lock (timers)
        {
            timers.Add(engine.Time.CreateTimer(
                _ => At(due > longest ? due - longest : TimeSpan.Zero, action), null, due > longest ? longest : due, Timeout.InfiniteTimeSpan));
        }
    }

    private void StopTimers()
    {
        lock (timers)
        {
            timers.ForEach(timer => timer.Dispose());
            timers.Clear();
        }
    }

    /// <summary>Runs the orchestrator now, or when its start is due.</summary>
    public void WakeUp()
    {
        var due = State!.StartAt is { } at && at > engine.Now ? at - engine.Now : TimeSpan.Zero;
        At(due, () => Post(new Message.Incoming(null, State?.Generation)));
    }

    private void Close()
    {
        StopTimers();
        open.Clear();
        history = [];
    }
}
