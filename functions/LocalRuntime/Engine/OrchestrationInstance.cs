using Azure;

namespace LdapSync.LocalRuntime.Engine;

internal abstract record Message
{
    /// <summary>Ends when what the message asks for is stored; false when it met no running instance.</summary>
    public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public sealed record Start(
        string Name, HistoryEvent Started, ParentLink? Parent, DateTimeOffset? StartAt, IReadOnlyDictionary<string, string> Tags,
        string Version, IReadOnlyList<string>? DedupeStatuses) : Message;

    /// <summary>Something that came in; null when only time passed. Generation is null when it is meant for whichever is running.</summary>
    public sealed record Incoming(HistoryEvent? Event, int? Generation) : Message;

    public sealed record Terminate(string? Output, bool Recursive) : Message;

    public sealed record Suspend(bool Resume) : Message;

    public sealed record Fault(int Generation) : Message;

    public sealed record Delivered : Message;

    public sealed record Purge : Message;
}

/// <summary>
/// One instance id. Messages are taken in order, by one loop at a time; every change is one storage transaction, and only when it is
/// committed does anything follow from it.
/// </summary>
internal sealed partial class OrchestrationInstance(DurableEngine engine, string instanceId)
{
    private readonly Dictionary<int, HistoryEvent> open = [];
    private readonly List<ITimer> timers = [];
    private List<StepRecord> history = [];
    private ETag etag;
    private int formerGenerations;
    private int deliveries;
    private Task delivering = Task.CompletedTask;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string InstanceId => instanceId;

    /// <summary>Null when there is none (not yet, or no more).</summary>
    public InstanceState? State { get; private set; }

    public IReadOnlyList<StepRecord> History => history;

    /// <summary>The calls that have no outcome yet.</summary>
    public IEnumerable<HistoryEvent> Open => open.Values;

    /// <summary>Ends at the next change of <see cref="State"/>; take it before looking at the state.</summary>
    public Task Changed => Volatile.Read(ref changed).Task;

    /// <summary>Takes up what a former host left.</summary>
    public void Restore(InstanceState state, ETag tag, List<StepRecord> records)
    {
        (State, etag, history) = (state, tag, records);
        open.Clear();
        foreach (var record in records)
        {
            Follow(record);
        }
    }

    /// <summary>
    /// Generations up to this one had this id, even if nothing of them is stored any more. What comes late from them must not be taken
    /// for what a new one waits for.
    /// </summary>
    public void Remember(int generation) => formerGenerations = Math.Max(formerGenerations, generation);

    private void Tell() =>
        Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Keeps account of the calls that have no outcome yet.</summary>
    private void Follow(StepRecord record)
    {
        foreach (var incoming in record.Events.Where(e => e.Kind is not (EventKind.Started or EventKind.EventRaised)))
        {
            open.Remove(incoming.Id);
        }

        foreach (var action in record.Actions.Where(a => a.Kind is EventKind.TaskScheduled or EventKind.SubCreated or EventKind.TimerCreated))
        {
            open[action.Id] = action;
        }
    }
}
