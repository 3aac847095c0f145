using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;
using LdapSync.LocalRuntime.Hosting;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>All orchestrations of a task hub. One host owns the hub; what it must not lose is in the table before anything follows from it.</summary>
internal sealed partial class DurableEngine : IHostedService
{
    private readonly ConcurrentDictionary<string, OrchestrationInstance> instances = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim running;
    private readonly ILogger<DurableEngine> logger;
    private readonly Replayer replayer;

    public DurableEngine(HostSettings settings, HubTables tables, OrchestratorFunctions orchestrators, ActivityPool activities, DurableData data, TimeProvider time, ILoggerFactory loggers)
    {
        logger = loggers.CreateLogger<DurableEngine>();
        Hub = settings.HubName;
        Store = tables.Instances;
        Activities = activities;
        Time = time;
        replayer = new Replayer(orchestrators, data.Converter, loggers);
        running = new SemaphoreSlim(settings.MaxConcurrentOrchestrators);
    }

    public string Hub { get; }

    public InstanceStore Store { get; }

    public ActivityPool Activities { get; }

    public TimeProvider Time { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public CancellationToken Stopping => stopping.Token;

    public bool IsStopped => stopping.IsCancellationRequested;

    /// <summary>Ends when what a former host left has been taken up.</summary>
    public Task Ready => ready.Task;

    public IEnumerable<OrchestrationInstance> All => instances.Values;

    public string NewId() => Guid.NewGuid().ToString("N");

    public OrchestrationInstance Get(string instanceId) => instances.GetOrAdd(instanceId, id => new OrchestrationInstance(this, id));

    public OrchestrationInstance? Find(string instanceId) =>
        instances.TryGetValue(instanceId, out var found) && found.State is not null ? found : null;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Store.CreateTableAsync(cancellationToken);
        Activities.Start(Stopping);
        await RecoverAsync(cancellationToken);
        ready.TrySetResult();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Activities.StopAsync(cancellationToken);
    }

    /// <summary>Takes one step of an orchestrator on a thread of the pool.</summary>
    public async Task<StepOutcome> RunAsync(InstanceState state, IReadOnlyList<StepRecord> records, Action onForeign)
    {
        await running.WaitAsync(Stopping);
        try
        {
            return replayer.Run(state, records, onForeign);
        }
        finally
        {
            running.Release();
        }
    }

    /// <summary>Runs an orchestrator through records that are all history, as a check.</summary>
    public StepOutcome Replay(InstanceState state, IReadOnlyList<StepRecord> records) => replayer.Run(state, records, () => { });

    /// <summary>Brings sub-orchestrations and events on their way, each until the other instance has stored it.</summary>
    public async Task DeliverAsync(InstanceState from, int generation, IReadOnlyList<HistoryEvent> actions, Action onDelivered)
    {
        try
        {
            await Task.WhenAll(actions.Where(action => action.Kind == EventKind.SubCreated).Select(action => StartSubAsync(from, generation, action)));
            foreach (var sent in actions.Where(action => action.Kind == EventKind.EventSent))
            {
                if (Find(sent.Instance!) is not { } target)
                {
                    LogEventLost(from.InstanceId, sent.Name!, sent.Instance!);
                    continue;
                }

                var mark = $"{from.InstanceId}/{generation}/{sent.Id}";
                var raised = new HistoryEvent { Kind = EventKind.EventRaised, Name = sent.Name, Data = sent.Data, Instance = mark };
                await target.SendAsync(new Message.Incoming(raised, null));
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
            await child.SendAsync(new Message.Terminate(output, Recursive: true));
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
            _ = Task.Run(async () =>
            {
                var records = await Store.ReadHistoryAsync(child.InstanceId, child.Generation, child.Steps, Stopping);
                var end = records[^1].Actions[^1];
                var isTerminated = child.Status == OrchestrationRuntimeStatus.Terminated;
                TellParent(child, isTerminated ? end with { Failure = new TaskFailureDetails("(unknown)", end.Data ?? "(unknown)", null, null, null) } : end);
            });
        }
    }

    public void ForgetHistory(string instanceId, int generation) => _ = Task.Run(async () =>
    {
        try
        {
            await Store.DeleteHistoryAsync(instanceId, generation, Stopping);
        }
        catch (Exception e) when (e is Azure.RequestFailedException or OperationCanceledException)
        {
            // Nobody reads these rows any more; a purge removes them with the rest.
        }
    });

    private async Task StartSubAsync(InstanceState parent, int generation, HistoryEvent action)
    {
        var started = new HistoryEvent { Kind = EventKind.Started, Name = action.Name, Data = action.Data };
        var link = new ParentLink(parent.Name, parent.InstanceId, generation, action.Id);
        try
        {
            await Get(action.Instance!).SendAsync(new Message.Start(
                action.Name!, started, link, null, action.Tags?.ToDictionary() ?? [], action.Version ?? "", null));
        }
        catch (OrchestrationAlreadyExistsException e)
        {
            var failed = new HistoryEvent { Kind = EventKind.SubFailed, Id = action.Id, Failure = Failures.Of(e) };
            Get(parent.InstanceId).Post(new Message.Incoming(failed, generation));
        }
    }
}
