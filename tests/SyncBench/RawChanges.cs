using System.Diagnostics;
using Azure.Data.Tables;
using LdapSync.TestBed;

namespace LdapSync.SyncBench;

/// <summary>
/// C: what the writes of a run that changes something take by themselves. It says more than their share of W, counted in rows: in the emulator an
/// update or a removal takes time in proportion to its table, and an insertion does not.
/// </summary>
internal static class RawChanges
{
    // Sorts after the row that it stands beside, in the same partition.
    private const char Beside = '-';
    private const int RowsPerTransaction = 100;
    private const int Parallelism = 12;

    /// <summary>
    /// Writes again what a run has changed, raw, in the same tables: users are merged or inserted, logins are inserted, and in the partitions of the
    /// memberships that were added as many are inserted and as many are removed as the run did. All is as it was before when this ends.
    /// </summary>
    /// <param name="storage">Where the run wrote.</param>
    /// <param name="since">Before the run began.</param>
    /// <param name="removed">Memberships that the run removed.</param>
    /// <returns>Seconds, and how many rows were written; what only prepares is not counted.</returns>
    public static async Task<(double Seconds, int Rows)> WriteAsync(Azurite storage, DateTimeOffset since, long removed)
    {
        var service = new TableServiceClient(storage.ConnectionString);
        var (clock, rows) = (new Stopwatch(), 0);
        foreach (var name in (string[])["Logins", "Users", "Members"])
        {
            var table = service.GetTableClient(Installation.Prefix + name);
            var (prepare, timed, added) = (new List<TableTransactionAction>(), new List<TableTransactionAction>(), new List<TableEntity>());
            await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"Timestamp ge {since}")))
            {
                if (name == "Users" && row.GetDateTimeOffset("Created") < since)
                {
                    var fields = new TableEntity(row.PartitionKey, row.RowKey) { ["Phone"] = row.GetString("Phone") };
                    timed.Add(new TableTransactionAction(TableTransactionActionType.UpdateMerge, fields, row.ETag));
                    continue;
                }

                prepare.Add(new TableTransactionAction(TableTransactionActionType.Delete, row));
                timed.Add(new TableTransactionAction(TableTransactionActionType.Add, Copy(row, row.RowKey)));
                added.Add(row);
            }

            for (var i = 0; name == "Members" && i < removed && added.Count > 0; i++)
            {
                var row = added[i % added.Count];
                var other = Copy(row, row.RowKey + new string(Beside, 1 + (i / added.Count)));
                prepare.Add(new TableTransactionAction(TableTransactionActionType.Add, other));
                timed.Add(new TableTransactionAction(TableTransactionActionType.Delete, other));
            }

            await SubmitAsync(table, prepare);
            clock.Start();
            await SubmitAsync(table, timed);
            clock.Stop();
            rows += timed.Count;
        }

        return (clock.Elapsed.TotalSeconds, rows);
    }

    private static async Task SubmitAsync(TableClient table, List<TableTransactionAction> actions)
    {
        var transactions = actions.GroupBy(action => action.Entity.PartitionKey).SelectMany(partition => partition.Chunk(RowsPerTransaction));
        await Parallel.ForEachAsync(transactions, new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (transaction, token) =>
            await table.SubmitTransactionAsync(transaction, token));
    }

    private static TableEntity Copy(TableEntity row, string rowKey)
    {
        var fields = row.Where(field => field.Key is not ("odata.etag" or "Timestamp")).ToDictionary(field => field.Key, field => field.Value);
        return new TableEntity(fields) { RowKey = rowKey };
    }
}
