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
                var stored = await BatchReader.ReadAsync(table, batch.ConvertAll(position => writes[position].Entity), partitionRows: null, cancellationToken);
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

    internal static bool IsConflict(RequestFailedException e) =>
        e.Status is 404 or 409 or 412 && e.ErrorCode != TableErrorCode.TableNotFound && e.ErrorCode != TableErrorCode.TableBeingDeleted;

    private static WriteOutcome FromStatus(int status) => status switch
    {
        404 => WriteOutcome.Missing,
        409 => WriteOutcome.AlreadyExists,
        _ => WriteOutcome.Changed,
    };
}
