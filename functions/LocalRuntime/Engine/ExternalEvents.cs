using Microsoft.DurableTask;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>
/// Events and who waits for them, by name whatever its case. As in the worker: the latest waiter gets an event first, a waiter that gave
/// up keeps its place (and swallows an event), and an event that nobody waits for is kept.
/// </summary>
internal sealed class ExternalEvents(DataConverter converter)
{
    private readonly Dictionary<string, Stack<IWaiter>> waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<HistoryEvent> kept = [];

    private interface IWaiter
    {
        Type Type { get; }

        bool IsOpen { get; }

        void Take(string? data);
    }

    public IReadOnlyList<HistoryEvent> Kept => kept;

    public bool HasWaiter => waiters.Values.Any(stack => stack.Any(waiter => waiter.IsOpen));

    public Task<T> Wait<T>(string name, CancellationToken cancellation)
    {
        if (!waiters.TryGetValue(name, out var stack))
        {
            waiters[name] = stack = new Stack<IWaiter>();
        }

        if (stack.TryPeek(out var other) && other.Type != typeof(T))
        {
            throw new ArgumentException($"Event '{name}' is awaited as {other.Type} already, so not as {typeof(T)}.", nameof(name));
        }

        var waiter = new Waiter<T>(converter, cancellation);
        stack.Push(waiter);
        var early = kept.FindIndex(raised => string.Equals(raised.Name, name, StringComparison.OrdinalIgnoreCase));
        if (early >= 0)
        {
            var raised = kept[early];
            kept.RemoveAt(early);
            Raise(raised);
        }

        return waiter.Task;
    }

    public void Raise(HistoryEvent raised)
    {
        if (waiters.TryGetValue(raised.Name!, out var stack) && stack.TryPop(out var waiter))
        {
            waiter.Take(raised.Data);
        }
        else
        {
            kept.Add(raised);
        }
    }

    private sealed class Waiter<T> : TaskCompletionSource<T>, IWaiter
    {
        private readonly DataConverter converter;

        public Waiter(DataConverter converter, CancellationToken cancellation)
        {
            this.converter = converter;
            cancellation.Register(() => TrySetCanceled(cancellation));
        }

        public Type Type => typeof(T);

        public bool IsOpen => !Task.IsCompleted;

        public void Take(string? data)
        {
            try
            {
                TrySetResult(converter.Deserialize<T>(data)!);
            }
#pragma warning disable CA1031 // a type may refuse data with any exception; the orchestrator is told
            catch (Exception e)
#pragma warning restore CA1031
            {
                TrySetException(e);
            }
        }
    }
}
