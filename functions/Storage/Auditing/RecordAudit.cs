using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using LdapSync.Core.Auditing;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;
using LdapSync.Storage.Records;

namespace LdapSync.Storage.Auditing;

/// <summary>Writes down what is done to the rows of one table by hand. Where nobody acts it costs nothing.</summary>
internal sealed class RecordAudit(StorageClients clients, string table)
{
    private const int MostSingleRows = 100;
    private const int Chunk = 32_000;

    // Indexes of other records, counters, the feed, and the audit records themselves.
    private static readonly string[] NotAudited =
    [
        StorageNames.Audit, StorageNames.Logins, StorageNames.Links, StorageNames.MemberLayouts, StorageNames.Progress, StorageNames.Notifications, StorageNames.SignIns, StorageNames.SignInLimits,
    ];

    private static readonly string[] NotContent = ["PartitionKey", "RowKey", "Timestamp", "odata.etag"];

    private readonly bool isAudited = !NotAudited.Contains(table);

    public bool IsOn => isAudited && clients.Audit.Actor is not null;

    public Task<T> WriteAsync<T>(TableEntity? before, TableEntity? after, Func<Task<T>> write, CancellationToken cancellationToken)
    {
        var (was, became) = AuditDifference.Of(ContentOf(before), ContentOf(after));
        var keys = after ?? before;
        if (keys is null || (was is null && became is null))
        {
            return write();
        }

        var action = before is null ? AuditAction.Created : after is null ? AuditAction.Removed : AuditAction.Changed;
        return clients.AuditStore.ActAsync(Kind, action, SubjectOf(keys), was, became, write, cancellationToken);
    }

    /// <summary>Each row of a small batch; of a large one, what follows from a change that is written down itself, the number of rows.</summary>
    public async Task<T> WriteAsync<T>(
        IReadOnlyList<RowWrite> writes, Func<string, IEnumerable<string>, Task<Dictionary<string, TableEntity>>> read, Func<Task<T>> write, CancellationToken cancellationToken)
    {
        if (writes.Count > MostSingleRows)
        {
            var count = new JsonObject { ["rows"] = writes.Count };
            return await clients.AuditStore.ActAsync(Kind, AuditAction.Changed, table == StorageNames.Members ? MemberPartitions.RoleOf(writes[0].Entity.PartitionKey) : writes[0].Entity.PartitionKey, null, count, write, cancellationToken);
        }

        foreach (var partition in writes.GroupBy(one => one.Entity.PartitionKey, StringComparer.Ordinal))
        {
            var known = await read(partition.Key, partition.Select(one => one.Entity.RowKey));
            foreach (var one in partition)
            {
                var (inner, before) = (write, known.GetValueOrDefault(one.Entity.RowKey));
                write = () => WriteAsync(before, one.Kind == WriteKind.Delete ? null : one.Entity, inner, cancellationToken);
            }
        }

        return await write();
    }

    private string Kind => table switch
    {
        StorageNames.Directories => "directory",
        _ when table.EndsWith('s') => char.ToLowerInvariant(table[0]) + table[1..^1],
        _ => char.ToLowerInvariant(table[0]) + table[1..],
    };

    private string SubjectOf(TableEntity keys) => table switch
    {
        StorageNames.Members => $"{MemberPartitions.RoleOf(keys.PartitionKey)}/{keys.RowKey}",
        StorageNames.Runs or StorageNames.Collisions => $"{keys.PartitionKey}.{keys.RowKey}",
        _ => keys.RowKey,
    };

    private static JsonObject? ContentOf(TableEntity? entity)
    {
        if (entity is null)
        {
            return null;
        }

        var content = new JsonObject();
        foreach (var (name, value) in entity.Where(property => !NotContent.Contains(property.Key)).OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            if (!IsContinuation(entity, name))
            {
                content[name] = ValueOf(entity, name, value);
            }
        }

        return content;
    }

    private static JsonNode? ValueOf(TableEntity entity, string name, object? value)
    {
        if (value is not string text)
        {
            return value switch
            {
                null => null,
                byte[] or BinaryData => JsonValue.Create("(binary)"),
                DateTimeOffset time => JsonValue.Create(time.UtcDateTime),
                _ => JsonSerializer.SerializeToNode(value),
            };
        }

        for (var part = 1; entity.TryGetValue($"{name}{part}", out var more) && more is string rest && text.Length == part * Chunk; part++)
        {
            text += rest;
        }

        try
        {
            return text.StartsWith('{') || text.StartsWith('[') ? JsonNode.Parse(text) : JsonValue.Create(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    // A long text is spread over Name, Name1, Name2 ...
    private static bool IsContinuation(TableEntity entity, string name)
    {
        var stem = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return stem.Length < name.Length && entity.TryGetValue(stem, out var first) && first is string { Length: Chunk };
    }
}
