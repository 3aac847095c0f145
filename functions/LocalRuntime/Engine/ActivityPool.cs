using System.Threading.Channels;
using LdapSync.LocalRuntime.Hosting;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>Runs activities in the order in which they were asked for, so many at a time.</summary>
internal sealed partial class ActivityPool(HostSettings settings, ActivityFunctions functions, DurableData data, ILogger<ActivityPool> logger)
{
    private readonly Channel<(OrchestrationInstance Instance, int Generation, HistoryEvent Call)> queue =
        Channel.CreateUnbounded<(OrchestrationInstance, int, HistoryEvent)>();

    private Task workers = Task.CompletedTask;

    public void Enqueue(OrchestrationInstance instance, int generation, HistoryEvent call) => queue.Writer.TryWrite((instance, generation, call));

    public void Start(CancellationToken stopping) =>
        workers = Task.WhenAll(Enumerable.Range(0, settings.MaxConcurrentActivities).Select(_ => Task.Run(() => WorkAsync(stopping), CancellationToken.None)));

    /// <summary>Waits for what is running, which its token tells to end; its outcome does not count, it runs again at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellation) => await workers.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            while (await queue.Reader.WaitToReadAsync(stopping))
            {
                while (!stopping.IsCancellationRequested && queue.Reader.TryRead(out var work))
                {
                    var outcome = await RunAsync(work.Call, work.Instance.InstanceId, stopping);
                    work.Instance.Post(new Message.Incoming(outcome, work.Generation));
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<HistoryEvent> RunAsync(HistoryEvent call, string instanceId, CancellationToken stopping)
    {
        var name = call.Name!;
        try
        {
            if (!functions.Has(name))
            {
                return Failed(call, Failures.Missing("activity", name));
            }

            var result = await functions.RunAsync(name, type => data.Converter.Deserialize(call.Data, type), stopping);
            return new HistoryEvent { Kind = EventKind.TaskCompleted, Id = call.Id, Data = Payload.Of(data.Converter, result, $"the result of activity '{name}'") };
        }
#pragma warning disable CA1031 // whatever an activity throws is its outcome
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!stopping.IsCancellationRequested)
            {
                LogFailed(name, instanceId, e);
            }

            return Failed(call, Failures.Of(e));
        }
    }

    private static HistoryEvent Failed(HistoryEvent call, TaskFailureDetails failure) =>
        new() { Kind = EventKind.TaskFailed, Id = call.Id, Failure = failure };

    [LoggerMessage(Level = LogLevel.Error, Message = "Activity {Activity} of orchestration {InstanceId} failed")]
    private partial void LogFailed(string activity, string instanceId, Exception exception);
}
