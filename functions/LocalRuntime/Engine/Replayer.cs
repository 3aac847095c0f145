using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>How a run ended: what is new, and whether the orchestration goes on.</summary>
internal sealed record StepOutcome(List<HistoryEvent> Actions, string? CustomStatus, IReadOnlyList<HistoryEvent> KeptEvents)
{
    public HistoryEvent? End => Actions is [.., { Kind: EventKind.Ended } end] ? end : null;
}

/// <summary>Runs orchestrators from their history.</summary>
internal sealed class Replayer(IOrchestrators orchestrators, DataConverter converter, ILoggerFactory loggers)
{
    /// <summary>
    /// Runs the orchestrator through all records, the last of which is the step to be taken now, and gives what that step asks for.
    /// What earlier records hold must come out again.
    /// </summary>
    /// <param name="onForeign">Called, maybe from another thread and after the run, when the orchestrator awaits something that is not durable.</param>
    public StepOutcome Run(InstanceState state, IReadOnlyList<StepRecord> records, Action onForeign)
    {
        var thread = new OrchestratorThread(onForeign);
        var started = records[0].Events[0];
        var context = new OrchestrationContext(state, started, thread, converter, loggers);
        Task<object?>? run = null;
        try
        {
            List<HistoryEvent> waiting = [];
            for (var i = 0; i < records.Count; i++)
            {
                waiting.AddRange(records[i].Events);
                var last = i == records.Count - 1;
                if (!records[i].Executed && !last)
                {
                    continue;
                }

                context.Now = records[i].Time;
                context.Replaying = !last;
                foreach (var incoming in waiting)
                {
                    thread.Run(() =>
                    {
                        context.Apply(incoming);
                        run ??= orchestrators.RunAsync(state.Name, context);
                    });
                }

                waiting.Clear();
                if (!last)
                {
                    RequireSame(records[i].Actions, context.TakeActions());
                }
            }

            Finish(run!, context);
        }
        catch (NonDeterminismException e)
        {
            Fail(context, e);
        }
        finally
        {
            thread.Close();
        }

        return new StepOutcome(context.TakeActions(), context.CustomStatus, context.KeptEvents);
    }

    private static void RequireSame(IReadOnlyList<HistoryEvent> recorded, List<HistoryEvent> now)
    {
        for (var i = 0; i < Math.Max(recorded.Count, now.Count); i++)
        {
            var (was, isNow) = (recorded.ElementAtOrDefault(i), now.ElementAtOrDefault(i));
            if (was is null || isNow is null || !was.IsSameActionAs(isNow))
            {
                throw new NonDeterminismException($"history has {was?.ToString() ?? "nothing more"} where the orchestrator now asks for {isNow?.ToString() ?? "nothing more"}.");
            }
        }
    }

    private void Finish(Task<object?> run, OrchestrationContext context)
    {
        if (!run.IsCompleted)
        {
            if (!context.IsWaiting)
            {
                Fail(context, new InvalidOperationException(OrchestratorThread.NotDurable));
            }

            return;
        }

        try
        {
            var result = run.GetAwaiter().GetResult();
            context.Ask(context.Next is { } next
                ? new HistoryEvent { Kind = EventKind.Ended, Again = true, Data = Payload.Of(converter, next.NewInput, "the next input"), Version = next.NewVersion }
                : new HistoryEvent { Kind = EventKind.Ended, Data = Payload.Of(converter, result, "the orchestration's output") });
        }
#pragma warning disable CA1031 // whatever an orchestrator throws is its outcome
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(context, e);
        }
    }

    private static void Fail(OrchestrationContext context, Exception e)
    {
        if (e is NonDeterminismException)
        {
            // What a diverging run asked for must not be done.
            context.TakeActions();
        }

        context.Ask(new HistoryEvent { Kind = EventKind.Ended, Failure = Failures.Of(e) });
    }
}

internal interface IOrchestrators
{
    /// <summary>Begins the orchestrator on this thread.</summary>
    Task<object?> RunAsync(string name, OrchestrationContext context);
}
