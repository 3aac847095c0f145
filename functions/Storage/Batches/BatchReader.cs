using Azure.Data.Tables;

namespace LdapSync.Storage.Batches;

/// <summary>Reads rows of one partition by their keys.</summary>
internal static class BatchReader
{
    private const int FewKeys = 16;
    private const int ParallelLookups = 16;
    private const int RowsForEachKey = 4;

    // Looking up a row costs about as much as reading so many in a query.
    private const int RowsSkipped = 8;

    /// <summary>
    /// The rows of one partition with these keys, by row key; those that are missing are left out. Few keys are looked up one by one. Many are found by
    /// a query of their range, unless it turns out that most of what is in the range is none of them.
    /// </summary>
    /// <param name="table">To read.</param>
    /// <param name="keys">All of one partition, each once.</param>
    /// <param name="partitionRows">About how many rows the partition has; null: not known.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<Dictionary<string, TableEntity>> ReadAsync(
        TableClient table, IReadOnlyList<TableEntity> keys, long? partitionRows, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, TableEntity>(StringComparer.Ordinal);
        var wanted = keys.Select(key => key.RowKey).ToHashSet(StringComparer.Ordinal);
        var areFew = partitionRows is { } rowsThere ? wanted.Count <= EntityLimits.MaxOperations && wanted.Count * RowsSkipped <= rowsThere : wanted.Count <= FewKeys;
        if (!areFew)
        {
            await QueryAsync(table, keys[0].PartitionKey, wanted, rows, cancellationToken);
        }

        foreach (var some in wanted.Chunk(ParallelLookups))
        {
            var answers = await Task.WhenAll(some.Select(row => table.GetEntityIfExistsAsync<TableEntity>(keys[0].PartitionKey, row, cancellationToken: cancellationToken)));
            foreach (var answer in answers.Where(answer => answer.HasValue))
            {
                rows.Add(answer.Value!.RowKey, answer.Value);
            }
        }

        return rows;
    }

    /// <summary>Moves from what is wanted to what was found; what is left then has to be looked up.</summary>
    private static async Task QueryAsync(
        TableClient table, string partition, HashSet<string> wanted, Dictionary<string, TableEntity> found, CancellationToken cancellationToken)
    {
        var (first, last, most, read) = (wanted.Min(StringComparer.Ordinal), wanted.Max(StringComparer.Ordinal), RowsForEachKey * wanted.Count, 0);
        var range = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {first} and RowKey le {last}");
        var pages = table.QueryAsync<TableEntity>(range, Math.Min(EntityLimits.MaxRowsInPage, most), cancellationToken: cancellationToken).AsPages();
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            foreach (var row in page.Values.Where(row => wanted.Remove(row.RowKey)))
            {
                found.Add(row.RowKey, row);
            }

            read += page.Values.Count;
            if (page.ContinuationToken is not null && (wanted.Count <= EntityLimits.MaxOperations || read >= most))
            {
                return;
            }
        }

        wanted.Clear();
    }
}
