using System.Collections.Concurrent;
using LdapSync.LocalRuntime.Hosting;
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

    /// <summary>
    /// Asks the storage until it answers: nothing may be lost while it is away, or while it refuses what it will take again later.
    /// </summary>
    public async Task<T> InsistAsync<T>(string instanceId, Func<Task<T>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (Exception e) when (!IsStopped && StorageFailures.MayPass(e, attempt))
            {
                LogStorageAway(instanceId, attempt, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(attempt, 30)), Time, Stopping);
            }
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
}
