using System.Runtime.CompilerServices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>Instances in the order of their ids; a page's token is the last id on it.</summary>
internal sealed class InstancePages(
    DurableEngine engine, OrchestrationQuery query, Func<InstanceState, bool, CancellationToken, Task<OrchestrationMetadata>> describe)
    : AsyncPageable<OrchestrationMetadata>
{
    public static IEnumerable<InstanceState> Matching(DurableEngine engine, OrchestrationQuery query)
    {
        if (query.TaskHubNames?.ToList() is { Count: > 0 } hubs && !hubs.Contains(engine.Hub, StringComparer.OrdinalIgnoreCase))
        {
            return [];
        }

        var statuses = query.Statuses?.ToHashSet() is { Count: > 0 } some ? some : null;
        return engine.All.Select(instance => instance.State).OfType<InstanceState>()
            .Where(state => (query.CreatedFrom is not { } from || state.Created >= from)
                && (query.CreatedTo is not { } to || state.Created <= to)
                && (statuses is null || statuses.Contains(state.Status))
                && (query.InstanceIdPrefix is not { } prefix || state.InstanceId.StartsWith(prefix, StringComparison.Ordinal)))
            .OrderBy(state => state.InstanceId, StringComparer.Ordinal);
    }

    public override IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = default, int? pageSizeHint = default) =>
        PagesAsync(continuationToken ?? query.ContinuationToken, pageSizeHint ?? query.PageSize, CancellationToken.None);

    private async IAsyncEnumerable<Page<OrchestrationMetadata>> PagesAsync(
        string? after, int size, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await engine.Ready.WaitAsync(cancellation);
        do
        {
            var states = Matching(engine, query).Where(state => after is null || string.CompareOrdinal(state.InstanceId, after) > 0).Take(size + 1).ToList();
            List<OrchestrationMetadata> page = [];
            foreach (var state in states.Take(size))
            {
                page.Add(await describe(state, query.FetchInputsAndOutputs, cancellation));
            }

            after = states.Count > size ? page[^1].InstanceId : null;
            yield return new Page<OrchestrationMetadata>(page, after);
        }
        while (after is not null);
    }
}
