using Azure;
using DurableTask.Core.Exceptions;

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
    private const int BatchBytes = 2 * 1024 * 1024;
    private readonly Lock gate = new();
    private readonly Queue<Message> inbox = new();
    private readonly Dictionary<int, HistoryEvent> open = [];
    private readonly List<ITimer> timers = [];
    private List<StepRecord> history = [];
    private ETag etag;
    private bool pumping;
    private int deliveries;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string InstanceId => instanceId;

    /// <summary>Null when there is none (not yet, or no more).</summary>
    public InstanceState? State { get; private set; }

    public IReadOnlyList<StepRecord> History => history;

    /// <summary>Ends at the next change of <see cref="State"/>; take it before looking at the state.</summary>
    public Task Changed => Volatile.Read(ref changed).Task;

    public Task<bool> SendAsync(Message message)
    {
        Post(message);
        return message.Done.Task;
    }

    public void Post(Message message)
    {
        lock (gate)
        {
            inbox.Enqueue(message);
            if (pumping)
            {
                return;
            }

            pumping = true;
        }

        _ = Task.Run(PumpAsync);
    }

    /// <summary>Takes up what a former host left.</summary>
    public void Restore(InstanceState state, ETag tag, List<StepRecord> records)
    {
        (State, etag, history) = (state, tag, records);
        foreach (var record in records)
        {
            Follow(record);
        }
    }

    public IEnumerable<HistoryEvent> Open => open.Values;

    private async Task PumpAsync()
    {
        while (true)
        {
            List<Message> batch = [];
            lock (gate)
            {
                if (inbox.Count == 0 || engine.IsStopped)
                {
                    pumping = false;
                    return;
                }

                for (var bytes = 0; inbox.TryPeek(out var next) && bytes <= BatchBytes && (batch.Count == 0 || (batch[0] is Message.Incoming && next is Message.Incoming));)
                {
                    bytes += (next as Message.Incoming)?.Event?.Data?.Length ?? 0;
                    batch.Add(inbox.Dequeue());
                }
            }

            try
            {
                var met = await HandleAsync(batch);
                batch.ForEach(message => message.Done.TrySetResult(met));
            }
            catch (OrchestrationAlreadyExistsException e)
            {
                batch.ForEach(message => message.Done.TrySetException(e));
            }
#pragma warning disable CA1031 // the loop must go on; the failure is logged and told to whoever asked
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (!engine.IsStopped)
                {
                    engine.LogInstanceFailed(instanceId, e);
                }

                batch.ForEach(message => message.Done.TrySetException(e));
            }
        }
    }

    private Task<bool> HandleAsync(List<Message> batch) => batch[0] switch
    {
        Message.Start start => StartAsync(start),
        Message.Terminate terminate => TerminateAsync(terminate),
        Message.Suspend suspend => SuspendAsync(suspend),
        Message.Purge => PurgeAsync(),
        Message.Delivered => DeliveredAsync(),
        Message.Fault fault => FaultAsync(fault),
        _ => StepAsync([.. batch.Cast<Message.Incoming>()]),
    };

    private async Task CommitAsync(InstanceState next, params (int Generation, int Step, StepRecord Record)[] records)
    {
        next = next with { CommitId = engine.NewId(), Updated = engine.Now };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                etag = await engine.Store.CommitAsync(next, etag, records, engine.Stopping);
                break;
            }
            catch (Exception e) when (IsAway(e) && !engine.IsStopped)
            {
                // Storage is away: nothing may be lost, so wait for it.
                engine.LogStorageAway(instanceId, attempt, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(attempt, 30)), engine.Time, engine.Stopping);
            }
        }

        State = next;
        Tell();
    }

    /// <summary>No answer, or one that says later. A pipeline that gave up on time-outs says so with exceptions of its own.</summary>
    private static bool IsAway(Exception e) => e switch
    {
        RequestFailedException refused => refused.Status is 0 or 408 or 429 or >= 500,
        AggregateException several => several.InnerExceptions.All(IsAway),
        OperationCanceledException or HttpRequestException or IOException => true,
        _ => false,
    };

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
