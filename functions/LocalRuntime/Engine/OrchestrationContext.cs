using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>One run of an orchestrator: collects what it asks for and tells it what came back.</summary>
internal sealed class OrchestrationContext(
    InstanceState state, HistoryEvent started, OrchestratorThread thread, DataConverter converter, ILoggerFactory loggers) : TaskOrchestrationContext
{
    private readonly Dictionary<int, ICall> calls = [];
    private readonly ExternalEvents events = new(converter);
    private List<HistoryEvent> actions = [];
    private int nextId;
    private int nextGuid;

    private interface ICall
    {
        bool IsOpen { get; }

        void Finish(HistoryEvent outcome);
    }

    public override TaskName Name => state.Name;

    public override string InstanceId => state.InstanceId;

    public override ParentOrchestrationInstance? Parent => state.Parent is { } parent ? new(parent.Name, parent.InstanceId) : null;

    public override string Version => state.Version;

    public override DateTime CurrentUtcDateTime => Now;

    public override bool IsReplaying => Replaying;

    protected override ILoggerFactory LoggerFactory => loggers;

    internal DateTime Now { get; set; }

    internal bool Replaying { get; set; } = true;

    internal string? CustomStatus { get; private set; }

    internal ContinueAsNewOptions? Next { get; private set; }

    internal IReadOnlyList<HistoryEvent> KeptEvents => events.Kept;

    /// <summary>Whether something durable can still wake the orchestrator.</summary>
    internal bool IsWaiting => events.HasWaiter || calls.Values.Any(call => call.IsOpen);

    public override T? GetInput<T>()
        where T : default => converter.Deserialize<T>(started.Data);

    internal object? GetInput(Type type) => converter.Deserialize(started.Data, type);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        thread.EnsureCurrent();
        RefuseOptionsAsInput(input, options);
        return Retrying.RunAsync(this, options?.Retry, () => CallAsync<TResult>(name, new HistoryEvent
        {
            Kind = EventKind.TaskScheduled,
            Name = name.Name,
            Data = Payload.Of(converter, input, $"the input of activity '{name}'"),
        }));
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        thread.EnsureCurrent();
        RefuseOptionsAsInput(input, options);
        var id = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        Payload.CheckInstanceId(id);
        return Retrying.RunAsync(this, options?.Retry, () => CallAsync<TResult>(orchestratorName, new HistoryEvent
        {
            Kind = EventKind.SubCreated,
            Name = orchestratorName.Name,
            Instance = id,
            Version = options?.Version?.Version,
            Tags = options?.Tags,
            Data = Payload.Of(converter, input, $"the input of orchestrator '{orchestratorName}'"),
        }));
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        thread.EnsureCurrent();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var timer = new Call<object>(converter);
        cancellationToken.Register(() => timer.TrySetCanceled(cancellationToken));
        Ask(new HistoryEvent { Kind = EventKind.TimerCreated, At = fireAt.ToUniversalTime() }, timer);
        return timer.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        thread.EnsureCurrent();
        return events.Wait<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        thread.EnsureCurrent();
        Ask(new HistoryEvent
        {
            Kind = EventKind.EventSent,
            Name = eventName,
            Instance = instanceId,
            Data = Payload.Of(converter, payload, $"event '{eventName}'"),
        });
    }

    public override void SetCustomStatus(object? customStatus)
    {
        thread.EnsureCurrent();
        CustomStatus = Payload.OfStatus(converter, customStatus);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        thread.EnsureCurrent();
        ArgumentNullException.ThrowIfNull(options);
        Next = options;
    }

    public override Guid NewGuid()
    {
        thread.EnsureCurrent();
        return NameGuid.Of($"{InstanceId}_{state.Generation}_{Now:o}_{nextGuid++}");
    }

    /// <summary>What was asked for since the last call.</summary>
    internal List<HistoryEvent> TakeActions()
    {
        var taken = actions;
        actions = [];
        return taken;
    }

    internal void Ask(HistoryEvent action) => Ask(action, null);

    /// <exception cref="NonDeterminismException">The outcome is of a call that this run did not make.</exception>
    internal void Apply(HistoryEvent incoming)
    {
        switch (incoming.Kind)
        {
            case EventKind.EventRaised:
                events.Raise(incoming);
                break;
            case EventKind.Started:
                break;
            default:
                if (!calls.TryGetValue(incoming.Id, out var call))
                {
                    throw new NonDeterminismException($"history has {incoming}, but the orchestrator made no call #{incoming.Id}.");
                }

                call.Finish(incoming);
                break;
        }
    }

    private static void RefuseOptionsAsInput(object? input, TaskOptions? options)
    {
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException("Task options were given as the input: name the parameter, options:.", nameof(input));
        }
    }

    private async Task<T> CallAsync<T>(TaskName name, HistoryEvent action)
    {
        var call = new Call<T>(converter);
        Ask(action, call);
        try
        {
            return await call.Task;
        }
        catch (CallFailedException failed)
        {
            throw new TaskFailedException(name, failed.Id, failed.Failure);
        }
    }

    private void Ask(HistoryEvent action, ICall? call)
    {
        var id = nextId++;
        actions.Add(action with { Id = id });
        if (call is not null)
        {
            calls.Add(id, call);
        }
    }

    private sealed class CallFailedException(int id, TaskFailureDetails failure) : Exception(failure.ErrorMessage)
    {
        public int Id => id;

        public TaskFailureDetails Failure => failure;
    }

    private sealed class Call<T>(DataConverter converter) : TaskCompletionSource<T>, ICall
    {
        public bool IsOpen => !Task.IsCompleted;

        public void Finish(HistoryEvent outcome)
        {
            if (outcome.Failure is { } failure)
            {
                TrySetException(new CallFailedException(outcome.Id, failure));
                return;
            }

            try
            {
                TrySetResult(converter.Deserialize<T>(outcome.Data)!);
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
