namespace LdapSync.App.Sync;

/// <summary>Several small searches under way on one connection, so that its latency counts once.</summary>
internal static class Pipeline
{
    private const int Depth = 16;

    /// <summary>Runs one call for each item; results in the order of the items.</summary>
    public static async Task<List<(TItem Item, TResult Result)>> RunAsync<TItem, TResult>(IReadOnlyCollection<TItem> items, Func<TItem, Task<TResult>> call)
    {
        var results = new List<(TItem, TResult)>(items.Count);
        foreach (var chunk in items.Chunk(Depth))
        {
            results.AddRange(chunk.Zip(await Task.WhenAll(chunk.Select(call))));
        }

        return results;
    }
}
