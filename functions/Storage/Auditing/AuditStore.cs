using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using LdapSync.Core.Auditing;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;
using LdapSync.Storage.Records;

namespace LdapSync.Storage.Auditing;

/// <summary>What to look for among the audit records; what is null is not asked.</summary>
public sealed record AuditQuery
{
    public string? Kind { get; init; }

    public string? Subject { get; init; }

    /// <summary>The actor's id.</summary>
    public string? Who { get; init; }

    public int PageSize { get; init; } = 100;

    public string? Continuation { get; init; }
}

/// <summary>
/// Changes made by hand: one partition, the latest first. The record is there before the change is made, and is confirmed or taken away after it, so
/// that no change goes without.
/// </summary>
public sealed class AuditStore
{
    private const string Partition = "audit";
    private const long Milliseconds = 0xFFFF_FFFF_FFFF;
    private const int LongestState = 200_000;

    private readonly RecordTable table;
    private readonly AuditScope scope;
    private readonly TimeProvider time;

    internal AuditStore(StorageClients clients, TimeProvider time) =>
        (table, scope, this.time) = (new RecordTable(clients, StorageNames.Audit), clients.Audit, time);

    /// <summary>Writes down an act that changes no record by itself; nothing where nobody acts.</summary>
    public Task RecordAsync(string kind, string subject, JsonNode? after, CancellationToken cancellationToken = default) =>
        ActAsync(kind, AuditAction.Done, subject, null, after, () => Task.FromResult(true), cancellationToken);

    /// <summary>Writes down an act and does it.</summary>
    /// <param name="kind">See <see cref="AuditRecord.Kind"/>.</param>
    /// <param name="action">What is done.</param>
    /// <param name="subject">See <see cref="AuditRecord.Subject"/>.</param>
    /// <param name="before">As far as it differs.</param>
    /// <param name="after">As far as it differs.</param>
    /// <param name="act">Where it fails, no record stays, unless it may have been done all the same.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<T> ActAsync<T>(
        string kind, AuditAction action, string subject, JsonNode? before, JsonNode? after, Func<Task<T>> act, CancellationToken cancellationToken = default)
    {
        if (scope.Actor is not { } actor)
        {
            return await act();
        }

        var entity = From(actor, kind, action, subject, before, after);
        await table.UpsertAsync(entity, cancellationToken);
        T result;
        try
        {
            result = await act();
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or StorageUnavailableException))
        {
            // A caller who has gone away, or an answer that was lost: the change may be there, and so its record stays, unconfirmed.
            await RemoveAsync(entity.RowKey);
            throw;
        }

        entity["Confirmed"] = true;
        await table.UpsertAsync(entity, CancellationToken.None);
        return result;
    }

    /// <exception cref="ArgumentException">The continuation is not one that was given out.</exception>
    public async Task<(IReadOnlyList<AuditRecord> Items, string? Continuation)> PageAsync(AuditQuery query, CancellationToken cancellationToken = default)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition}")
            + (query.Kind is null ? "" : TableClient.CreateQueryFilter($" and Kind eq {query.Kind}"))
            + (query.Subject is null ? "" : TableClient.CreateQueryFilter($" and Subject eq {query.Subject}"))
            + (query.Who is null ? "" : TableClient.CreateQueryFilter($" and WhoId eq {query.Who}"));
        var (rows, token) = await table.PageAsync(filter, query.PageSize, query.Continuation, requests: 10, cancellationToken);
        return ([.. rows.Select(To)], token);
    }

    /// <summary>Removes what is older.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var edge = Row(before, "");
        var rows = await table.QueryAsync($"PartitionKey eq {Partition} and RowKey gt {edge}", select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken)
            .Select(row => new RowWrite(new TableEntity(Partition, row.RowKey), WriteKind.Delete))
            .ToListAsync(cancellationToken);
        await table.WriteAsync(rows, cancellationToken);
        return rows.Count;
    }

    private async Task RemoveAsync(string row)
    {
        try
        {
            await table.DeleteAsync(Partition, row, null, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // It stays, unconfirmed; what is told is why the act failed.
        }
    }

    private TableEntity From(AuditActor actor, string kind, AuditAction action, string subject, JsonNode? before, JsonNode? after)
    {
        var now = time.GetUtcNow();
        var entity = new TableEntity(Partition, Row(now, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))))
        {
            ["When"] = EntityFields.Storable(now),
            ["WhoId"] = actor.Id,
            ["WhoName"] = actor.Name,
            ["Kind"] = kind,
            ["Action"] = action.ToString(),
            ["Subject"] = subject,
            ["Confirmed"] = false,
        };
        Put(entity, "Before", before);
        Put(entity, "After", after);
        return entity;
    }

    private static void Put(TableEntity entity, string name, JsonNode? state)
    {
        if (state is not null)
        {
            var text = state.ToJsonString();
            entity.PutLong(name, text.Length <= LongestState ? text : new JsonObject { ["tooLong"] = text.Length }.ToJsonString());
        }
    }

    private static AuditRecord To(TableEntity row) => new(
        row.RowKey,
        row.Time("When") ?? EntityFields.Earliest,
        new AuditActor(row.Text("WhoId") ?? "", row.Text("WhoName") ?? ""),
        row.Text("Kind") ?? "",
        row.Choice<AuditAction>("Action"),
        row.Text("Subject") ?? "",
        State(row.LongText("Before")),
        State(row.LongText("After")),
        row.Flag("Confirmed"));

    private static JsonNode? State(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static string Row(DateTimeOffset when, string rest) =>
        string.Create(CultureInfo.InvariantCulture, $"{Milliseconds - when.ToUnixTimeMilliseconds():x12}{rest}");
}
