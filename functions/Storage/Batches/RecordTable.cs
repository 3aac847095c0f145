using System.Text;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using LdapSync.Storage.Auditing;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Batches;

/// <summary>One table with the operations that all stores share; each can be repeated after its answer was lost.</summary>
internal sealed class RecordTable(StorageClients clients, string name)
{
    private readonly TableClient table = clients.Table(name);
    private readonly RecordAudit audit = new(clients, name);

    public async Task<TableEntity?> GetAsync(string partition, string row, CancellationToken cancellationToken)
    {
        EntityLimits.CheckKey("PartitionKey", partition);
        EntityLimits.CheckKey("RowKey", row);
        var answer = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellationToken);
        return answer.HasValue ? answer.Value : null;
    }

    public Task<Dictionary<string, TableEntity>> GetManyAsync(string partition, IEnumerable<string> rows, CancellationToken cancellationToken) =>
        GetManyAsync(partition, rows, null, cancellationToken);

    /// <param name="partition">The rows' partition.</param>
    /// <param name="rows">Their keys.</param>
    /// <param name="partitionRows">About how many rows the partition has; null: not known.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Dictionary<string, TableEntity>> GetManyAsync(string partition, IEnumerable<string> rows, long? partitionRows, CancellationToken cancellationToken)
    {
        List<TableEntity> keys = [.. rows.Distinct(StringComparer.Ordinal).Select(row => new TableEntity(partition, row))];
        keys.ForEach(key => EntityLimits.Check(key));
        return keys.Count == 0 ? Task.FromResult(new Dictionary<string, TableEntity>()) : BatchReader.ReadAsync(table, keys, partitionRows, cancellationToken);
    }

    public IAsyncEnumerable<TableEntity> QueryAsync(
        FormattableString? filter, int? pageSize = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        FilterAsync(filter is null ? null : TableClient.CreateQueryFilter(filter), pageSize, select, cancellationToken);

    /// <param name="filter">As the service reads it: values are quoted already.</param>
    /// <param name="pageSize">Rows of one answer at most.</param>
    /// <param name="select">Properties; null: all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public IAsyncEnumerable<TableEntity> FilterAsync(
        string? filter, int? pageSize = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        table.QueryAsync<TableEntity>(filter, pageSize, select, cancellationToken);

    /// <summary>
    /// Up to <paramref name="size"/> rows. Where a filter finds few, it stops after <paramref name="requests"/> requests: a page may be short and
    /// still have a next one.
    /// </summary>
    public async Task<(List<TableEntity> Rows, string? Token)> PageAsync(
        string? filter, int size, string? token, int requests, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var rows = new List<TableEntity>();
        var next = Decode(token);
        do
        {
            var wanted = Math.Min(size - rows.Count, 1000);
            await foreach (var page in table.QueryAsync<TableEntity>(filter, wanted, cancellationToken: cancellationToken).AsPages(next, wanted))
            {
                rows.AddRange(page.Values);
                next = page.ContinuationToken;
                break;
            }
        }
        while (!string.IsNullOrEmpty(next) && rows.Count < size && --requests > 0);

        return (rows, string.IsNullOrEmpty(next) ? null : Encode(next));
    }

    /// <returns>The new entity tag.</returns>
    /// <exception cref="RecordExistsException">Another row with these keys is there.</exception>
    public Task<string> InsertAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        EntityLimits.Check(entity);
        return audit.IsOn
            ? audit.WriteAsync(null, entity, () => InsertRowAsync(entity, cancellationToken), cancellationToken)
            : InsertRowAsync(entity, cancellationToken);
    }

    /// <returns>The new entity tag.</returns>
    /// <exception cref="RecordChangedException">The row was changed or removed since it was read.</exception>
    public async Task<string> ReplaceAsync(TableEntity entity, string? ifMatch, CancellationToken cancellationToken)
    {
        EntityLimits.Check(entity);
        return audit.IsOn
            ? await audit.WriteAsync(
                await GetAsync(entity.PartitionKey, entity.RowKey, cancellationToken), entity, () => ReplaceRowAsync(entity, ifMatch, cancellationToken), cancellationToken)
            : await ReplaceRowAsync(entity, ifMatch, cancellationToken);
    }

    public async Task UpsertAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        EntityLimits.Check(entity);
        if (audit.IsOn)
        {
            var before = await GetAsync(entity.PartitionKey, entity.RowKey, cancellationToken);
            await audit.WriteAsync(before, entity, () => table.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellationToken), cancellationToken);
            return;
        }

        await table.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Removes a row; one that is not there is fine.</summary>
    /// <exception cref="RecordChangedException">The row was changed since it was read.</exception>
    public async Task DeleteAsync(string partition, string row, string? ifMatch, CancellationToken cancellationToken)
    {
        if (audit.IsOn)
        {
            var before = await GetAsync(partition, row, cancellationToken);
            await audit.WriteAsync(before, null, () => DeleteRowAsync(partition, row, ifMatch, cancellationToken), cancellationToken);
            return;
        }

        await DeleteRowAsync(partition, row, ifMatch, cancellationToken);
    }

    public Task<IReadOnlyList<WriteOutcome>> WriteAsync(IReadOnlyList<RowWrite> writes, CancellationToken cancellationToken) =>
        audit.IsOn && writes.Count > 0
            ? audit.WriteAsync(
                writes,
                (partition, rows) => GetManyAsync(partition, rows, cancellationToken),
                () => BatchWriter.WriteAsync(table, writes, cancellationToken),
                cancellationToken)
            : BatchWriter.WriteAsync(table, writes, cancellationToken);

    /// <summary>Removes rows that were written elsewhere: nobody's act, so it is not written down.</summary>
    public Task DeleteMovedAsync(IReadOnlyList<RowWrite> deletes, CancellationToken cancellationToken) => BatchWriter.WriteAsync(table, deletes, cancellationToken);

    /// <summary>Removes rows of any partitions; those that are not there are fine. Written down as one act.</summary>
    public async Task DeleteManyAsync(IReadOnlyList<RowWrite> deletes, CancellationToken cancellationToken)
    {
        if (audit.IsOn && deletes.Count > 0)
        {
            await audit.WriteAsync(deletes, (partition, rows) => GetManyAsync(partition, rows, cancellationToken), DeleteAsync, cancellationToken);
            return;
        }

        await DeleteAsync();

        async Task<bool> DeleteAsync()
        {
            foreach (var partition in deletes.GroupBy(delete => delete.Entity.PartitionKey, StringComparer.Ordinal))
            {
                await BatchWriter.WriteAsync(table, [.. partition], cancellationToken);
            }

            return true;
        }
    }

    private async Task<string> InsertRowAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        try
        {
            return (await table.AddEntityAsync(entity, cancellationToken)).Headers.ETag!.Value.ToString();
        }
        catch (RequestFailedException e) when (e.Status == 409 && e.ErrorCode == TableErrorCode.EntityAlreadyExists)
        {
            var row = await GetAsync(entity.PartitionKey, entity.RowKey, cancellationToken);
            return row is not null && EntityContent.Same(entity, row)
                ? row.ETag.ToString()
                : throw new RecordExistsException($"{table.Name} has a record with this id already.", e);
        }
    }

    private async Task<string> ReplaceRowAsync(TableEntity entity, string? ifMatch, CancellationToken cancellationToken)
    {
        var tag = ifMatch is null
            ? throw new ArgumentException($"The record of {table.Name} has no ETag: only a record that was read can be replaced.")
            : new ETag(ifMatch);
        try
        {
            return (await table.UpdateEntityAsync(entity, tag, TableUpdateMode.Replace, cancellationToken)).Headers.ETag!.Value.ToString();
        }
        catch (RequestFailedException e) when (e.Status is 412 or 404)
        {
            var row = e.Status == 404 ? null : await GetAsync(entity.PartitionKey, entity.RowKey, cancellationToken);
            return row is not null && EntityContent.Same(entity, row)
                ? row.ETag.ToString()
                : throw new RecordChangedException(
                    $"The record of {table.Name} was {(row is null ? "removed" : "changed")} since it was read: read it again.", e);
        }
    }

    private async Task<Response> DeleteRowAsync(string partition, string row, string? ifMatch, CancellationToken cancellationToken)
    {
        try
        {
            return await table.DeleteEntityAsync(partition, row, ifMatch is null ? ETag.All : new ETag(ifMatch), cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            throw new RecordChangedException($"The record of {table.Name} was changed since it was read: read it again.", e);
        }
    }

    /// <summary>Writes at most 100 rows of one partition, all or none.</summary>
    /// <returns>The entity tag of the first row; null: a row is not as expected, and nothing was written (or all of it by an earlier attempt whose answer was lost).</returns>
    public async Task<string?> TryTransactAsync(IReadOnlyList<RowWrite> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows)
        {
            EntityLimits.Check(row.Entity);
        }

        if (!audit.IsOn)
        {
            return await TransactAsync(rows, cancellationToken);
        }

        try
        {
            return await audit.WriteAsync(
                rows,
                (partition, keys) => GetManyAsync(partition, keys, cancellationToken),
                async () => await TransactAsync(rows, cancellationToken) ?? throw new RecordChangedException($"Rows of {table.Name} are not as expected."),
                cancellationToken);
        }
        catch (RecordChangedException)
        {
            return null;
        }
    }

    private async Task<string?> TransactAsync(IReadOnlyList<RowWrite> rows, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await table.SubmitTransactionAsync(rows.Select(row => row.ToAction()), cancellationToken);
            return answer.Value[0].Headers.ETag?.ToString() ?? "";
        }
        catch (TableTransactionFailedException e) when (BatchWriter.IsConflict(e))
        {
            return null;
        }
    }

    private static string Encode(string token) => Convert.ToBase64String(Encoding.UTF8.GetBytes(token)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    private static string? Decode(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        try
        {
            var padded = token.Replace('-', '+').Replace('_', '/').PadRight((token.Length + 3) / 4 * 4, '=');
            return Encoding.UTF8.GetString(Convert.FromBase64String(padded));
        }
        catch (FormatException)
        {
            throw new ArgumentException("The continuation token is not one that this service gave out: start again without it.");
        }
    }
}
