using Azure;
using Azure.Data.Tables;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>Another host changed this instance: two hosts share the task hub.</summary>
internal sealed class InstanceTakenException(string instanceId)
    : Exception($"Instance '{instanceId}' was changed by another host: only one local host may use a task hub.");

/// <summary>The task hub's table: a partition for each instance, with its state row and its history rows.</summary>
internal sealed class InstanceStore(TableClient table)
{
    private const int TransactionBytes = 2 * 1024 * 1024;
    private const int TransactionRows = 100;

    public Task CreateTableAsync(CancellationToken cancellation) => table.CreateIfNotExistsAsync(cancellation);

    public async Task<List<(InstanceState State, ETag ETag)>> ReadStatesAsync(CancellationToken cancellation)
    {
        List<(InstanceState, ETag)> found = [];
        await foreach (var row in table.QueryAsync<TableEntity>(row => row.RowKey == InstanceState.RowKey, cancellationToken: cancellation))
        {
            found.Add((InstanceState.FromEntity(row), row.ETag));
        }

        return found;
    }

    /// <summary>Null when there is no such instance.</summary>
    public async Task<(InstanceState State, ETag ETag)?> ReadAsync(string instanceId, CancellationToken cancellation)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(instanceId, InstanceState.RowKey, cancellationToken: cancellation);
        return row.HasValue ? (InstanceState.FromEntity(row.Value!), row.Value!.ETag) : null;
    }

    /// <summary>Writes records and the state that covers them: all of it counts, or none.</summary>
    /// <param name="etag">The state row as last seen; default when there is none.</param>
    /// <returns>The state row's new ETag.</returns>
    /// <exception cref="InstanceTakenException">The row is not as last seen.</exception>
    public async Task<ETag> CommitAsync(
        InstanceState state, ETag etag, IEnumerable<(int Generation, int Step, StepRecord Record)> records, CancellationToken cancellation)
    {
        var rows = records.SelectMany(record => HistoryRows.Of(state.InstanceId, record.Generation, record.Step, record.Record)).ToList();

        // Rows that do not fit into the last transaction go first: nobody reads them until the state row covers them.
        while (rows.Count > TransactionRows - 1 || rows.Sum(HistoryRows.Size) > TransactionBytes)
        {
            var fitting = Fitting(rows);
            await table.SubmitTransactionAsync(rows.Take(fitting).Select(Upsert), cancellation);
            rows.RemoveRange(0, fitting);
        }

        var entity = state.ToEntity(etag);
        var write = etag == default
            ? new TableTransactionAction(TableTransactionActionType.Add, entity)
            : new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, etag);
        try
        {
            var answer = await table.SubmitTransactionAsync([.. rows.Select(Upsert), write], cancellation);
            return answer.Value[^1].Headers.ETag!.Value;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // An answer may have been lost and the transaction sent again.
            return await ReadAsync(state.InstanceId, cancellation) is (var now, var tag) && now.CommitId == state.CommitId ? tag : throw new InstanceTakenException(state.InstanceId);
        }
    }

    public async Task<List<StepRecord>> ReadHistoryAsync(string instanceId, int generation, int steps, CancellationToken cancellation)
    {
        List<TableEntity> rows = [];
        await foreach (var row in table.QueryAsync<TableEntity>(Rows(instanceId, HistoryRows.Prefix(generation)), cancellationToken: cancellation))
        {
            rows.Add(row);
        }

        return HistoryRows.ToRecords(rows, steps);
    }

    public Task DeleteHistoryAsync(string instanceId, int generation, CancellationToken cancellation) =>
        DeleteAsync(Rows(instanceId, HistoryRows.Prefix(generation)), cancellation);

    /// <summary>Removes an ended instance: its history first, so that a state row that is left can be removed again.</summary>
    /// <param name="etag">The state row as last seen: a request that comes late must not remove a new instance of the same id.</param>
    /// <exception cref="InstanceTakenException">The row is not as last seen.</exception>
    public async Task DeleteAsync(InstanceState state, ETag etag, CancellationToken cancellation)
    {
        await DeleteAsync(Rows(state.InstanceId, "h"), cancellation);
        try
        {
            await table.DeleteEntityAsync(state.InstanceId, InstanceState.RowKey, etag, cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            throw new InstanceTakenException(state.InstanceId);
        }
    }

    private static TableTransactionAction Upsert(TableEntity row) => new(TableTransactionActionType.UpsertReplace, row);

    private static string Rows(string instanceId, string prefix) =>
        TableClient.CreateQueryFilter($"PartitionKey eq {instanceId} and RowKey ge {prefix} and RowKey lt {prefix + "~"}");

    private static int Fitting(List<TableEntity> rows)
    {
        var (count, size) = (0, 0);
        while (count < rows.Count && count < TransactionRows && (count == 0 || size + HistoryRows.Size(rows[count]) <= TransactionBytes))
        {
            size += HistoryRows.Size(rows[count++]);
        }

        return count;
    }

    private async Task DeleteAsync(string filter, CancellationToken cancellation)
    {
        List<TableEntity> rows = [];
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellation))
        {
            rows.Add(row);
        }

        foreach (var some in rows.Chunk(TransactionRows))
        {
            await table.SubmitTransactionAsync(some.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)), cancellation);
        }
    }
}
