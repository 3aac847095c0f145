namespace LdapSync.LocalRuntime.Engine;

/// <summary>
/// Runs an orchestrator's continuations one after the other on the thread that began the run. A continuation that comes from another
/// thread, or after the run, is the mark of an orchestrator that awaits something that is not durable: it is dropped and reported.
/// </summary>
internal sealed class OrchestratorThread(Action onForeign) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> work = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private volatile bool closed;

    public bool IsCurrent => !closed && Environment.CurrentManagedThreadId == thread;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
        {
            work.Enqueue((d, state));
        }
        else
        {
            onForeign();
        }
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("An orchestrator must not wait for another thread.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Does something on the orchestrator's thread, and all that follows from it.</summary>
    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
            while (work.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Close() => closed = true;

    public void EnsureCurrent()
    {
        if (!IsCurrent)
        {
            onForeign();
            throw new InvalidOperationException(NotDurable);
        }
    }

    public const string NotDurable =
        "An invalid asynchronous invocation was detected: the orchestrator awaits something that is not durable. "
        + "Await only the tasks that its TaskOrchestrationContext gives, and do I/O, delays and Task.Run in activities.";
}
