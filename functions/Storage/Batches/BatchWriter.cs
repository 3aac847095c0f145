using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace LdapSync.Storage.Batches;

/// <summary>
/// Writes rows of one partition in transactions of at most 100 rows and 4 MiB. A row that cannot be written is told apart from its
/// transaction, and all the others are written. Writing the same rows twice gives the same outcomes as writing them once, so that a
/// transaction whose answer was lost can simply be repeated.
/// </summary>
internal static class BatchWriter
{
    private const int FewKeys = 16;
    private const int ParallelLookups = 16;
    private const int RowsForEachKey = 4;

    // Looking up a row costs about as much as reading so many in a query.
    private const int RowsSkipped = 8;

    public static async Task<IReadOnlyList<WriteOutcome>> WriteAsync(TableClient table, IReadOnlyList<RowWrite> writes, CancellationToken cancellationToken)
    {
        var outcomes = new WriteOutcome[writes.Count];
        foreach (var batch in Split(writes))
        {
            await WriteBatchAsync(table, writes, batch, outcomes, cancellationToken);
        }

        return outcomes;
    }

    /// <summary>The positions of the writes of each transaction, in order of row key: neighbours are read back by one range.</summary>
    /// <exception cref="ArgumentException">A limit of the service is broken.</exception>
    internal static List<List<int>> Split(IReadOnlyList<RowWrite> writes)
    {
        var order = Enumerable.Range(0, writes.Count).ToArray();
        Array.Sort(order, (one, other) => string.CompareOrdinal(writes[one].Entity.RowKey, writes[other].Entity.RowKey));
        var batches = new List<List<int>>();
        var bytes = 0;
        string? previous = null;
        foreach (var position in order)
        {
            var write = writes[position];
            var size = EntityLimits.Check(write.Entity);
            if (write.Entity.PartitionKey != writes[0].Entity.PartitionKey)
            {
                throw new ArgumentException("The rows of a batch are not all of one partition: their PartitionKey differs.");
            }

            if (write.Entity.RowKey == previous)
            {
                throw new ArgumentException("A row is twice in a batch: two have the same RowKey.");
            }

            if (write.Kind is WriteKind.Replace or WriteKind.Merge && write.IfMatch == default)
            {
                throw new ArgumentException("A row to replace has no ETag: only a record that was read can be replaced.");
            }

            if (batches.Count == 0 || batches[^1].Count == EntityLimits.MaxOperations || bytes + size > EntityLimits.MaxBatchBytes)
            {
                batches.Add([]);
                bytes = 0;
            }

            batches[^1].Add(position);
            bytes += size;
            previous = write.Entity.RowKey;
        }

        return batches;
    }

    private static async Task WriteBatchAsync(
        TableClient table, IReadOnlyList<RowWrite> writes, List<int> batch, WriteOutcome[] outcomes, CancellationToken cancellationToken)
    {
        while (batch.Count > 0)
        {
            try
            {
                await table.SubmitTransactionAsync(batch.Select(position => writes[position].ToAction()), cancellationToken);
                return;
            }
            catch (TableTransactionFailedException e) when (IsConflict(e))
            {
                // All that can be told from the rows as they are now is taken out at once, so a repeated batch costs one read, not one
                // transaction per row. The failed row always goes: the loop ends.
                var failed = e.FailedTransactionActionIndex is { } index && index < batch.Count ? batch[index] : -1;
                var stored = await ReadAsync(table, batch.ConvertAll(position => writes[position].Entity), partitionRows: null, cancellationToken);
                batch.RemoveAll(position =>
                {
                    stored.TryGetValue(writes[position].Entity.RowKey, out var row);
                    var outcome = Judge(writes[position], row) ?? (position == failed ? FromStatus(e.Status) : null);
                    outcomes[position] = outcome ?? WriteOutcome.Done;
                    return outcome is not null;
                });
                if (failed < 0)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>What a write would come to with the row as it is; null: it would be done.</summary>
    internal static WriteOutcome? Judge(RowWrite write, TableEntity? row) => write.Kind switch
    {
        WriteKind.Insert when row is not null => EntityContent.Same(write.Entity, row) ? WriteOutcome.Done : WriteOutcome.AlreadyExists,
        WriteKind.Replace when row is null => WriteOutcome.Missing,
        WriteKind.Replace when row.ETag != write.IfMatch => EntityContent.Same(write.Entity, row) ? WriteOutcome.Done : WriteOutcome.Changed,
        WriteKind.Merge when row is null => WriteOutcome.Missing,
        WriteKind.Merge when row.ETag != write.IfMatch => EntityContent.Contains(row, write.Entity) ? WriteOutcome.Done : WriteOutcome.Changed,
        WriteKind.Delete when row is null => WriteOutcome.Missing,
        WriteKind.Delete when write.IfMatch != default && row.ETag != write.IfMatch => WriteOutcome.Changed,
        _ => null,
    };

    /// <summary>
    /// The rows of one partition with these keys, by row key; those that are missing are left out. Few keys are looked up one by one. Many are found by
    /// a query of their range, unless it turns out that most of what is in the range is none of them.
    /// </summary>
    /// <param name="table">To read.</param>
    /// <param name="keys">All of one partition, each once.</param>
    /// <param name="partitionRows">About how many rows the partition has; null: not known.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal static async Task<Dictionary<string, TableEntity>> ReadAsync(
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

    internal static bool IsConflict(RequestFailedException e) =>
        e.Status is 404 or 409 or 412 && e.ErrorCode != TableErrorCode.TableNotFound && e.ErrorCode != TableErrorCode.TableBeingDeleted;

    private static WriteOutcome FromStatus(int status) => status switch
    {
        404 => WriteOutcome.Missing,
        409 => WriteOutcome.AlreadyExists,
        _ => WriteOutcome.Changed,
    };
}
