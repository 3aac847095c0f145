using LdapSync.LocalRuntime.Engine;

namespace LdapSync.LocalRuntime.Testing;

/// <summary>An orchestrator, run again, did not ask for what its history says.</summary>
public sealed class ReplayMismatchException(string message) : Exception(message);

/// <summary>Runs orchestrators again from what is stored.</summary>
internal sealed class ReplayCheck(DurableEngine engine)
{
    public async Task RunAsync(string instanceId, CancellationToken cancellation)
    {
        var state = engine.Find(instanceId)?.State ?? throw new ArgumentException($"There is no instance '{instanceId}'.", nameof(instanceId));
        var records = await engine.Store.ReadHistoryAsync(instanceId, state.Generation, state.Steps, cancellation);

        // A record that a command made, and what came in after the last run, say nothing about the orchestrator.
        var last = records.FindLastIndex(record => record.Executed && !record.Actions.Any(action => action is { Kind: EventKind.Ended, Name: not null }));
        if (last < 0)
        {
            return;
        }

        records = records[..(last + 1)];
        for (var run = 1; run <= 2; run++)
        {
            var outcome = engine.Replay(state, records);
            Require(instanceId, records[last].Actions, outcome.Actions);
        }
    }

    private static void Require(string instanceId, IReadOnlyList<HistoryEvent> recorded, List<HistoryEvent> again)
    {
        for (var i = 0; i < Math.Max(recorded.Count, again.Count); i++)
        {
            var (was, isNow) = (recorded.ElementAtOrDefault(i), again.ElementAtOrDefault(i));
            if (was is null || isNow is null || !was.IsSameActionAs(isNow) || was.Data != isNow.Data || was.At != isNow.At
                || was.Failure?.ToString() != isNow.Failure?.ToString())
            {
                throw new ReplayMismatchException(
                    $"Instance '{instanceId}': its history has {Show(was)}, but run again it asks for {Show(isNow)}.");
            }
        }
    }

    private static string Show(HistoryEvent? action) =>
        action is null ? "nothing more" : $"{action} {action.At:O}{action.Data ?? action.Failure?.ToString()}";
}
