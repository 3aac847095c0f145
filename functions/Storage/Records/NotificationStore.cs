using Azure;
using Azure.Data.Tables;
using LdapSync.Core.Notifications;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>
/// The feed and the outbox in one partition, so that a notification and its deliveries are written together or not at all. Rows: <c>n</c> and a
/// notification's id; <c>o</c> and a delivery's id while it is on its way; <c>s</c> and its id once it was sent or given up.
/// </summary>
public sealed class NotificationStore
{
    private const string Feed = "feed";
    private const string NotificationRow = "n";
    private const string OpenRow = "o";
    private const string ClosedRow = "s";
    private const int SearchRequests = 20;

    private readonly RecordTable table;

    internal NotificationStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.Notifications);

    /// <summary>Puts a notification into the feed and its deliveries into the outbox.</summary>
    /// <returns>False: it is there already, and nothing was written (rule N6).</returns>
    public async Task<bool> AddAsync(Notification notification, IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken = default)
    {
        List<RowWrite> rows = [new(NotificationEntity.From(Feed, NotificationRow, notification), WriteKind.Insert)];
        rows.AddRange(deliveries.Select(delivery => new RowWrite(NotificationEntity.From(Feed, OpenRow, delivery), WriteKind.Insert)));
        if (await GetAsync(notification.Id, cancellationToken) is not null)
        {
            return false;
        }

        return await table.TryTransactAsync(rows, cancellationToken) is not null
            || (await GetAsync(notification.Id, cancellationToken) is not null
                ? false
                : throw new RecordChangedException("A delivery of this notification is there without it."));
    }

    public async Task<Notification?> GetAsync(string id, CancellationToken cancellationToken = default) =>
        await table.GetAsync(Feed, NotificationRow + id, cancellationToken) is { } row ? NotificationEntity.ToNotification(row) : null;

    /// <summary>A page of the feed, the latest first.</summary>
    /// <exception cref="ArgumentException">The continuation token is not ours.</exception>
    public async Task<(IReadOnlyList<Notification> Items, string? Continuation)> PageAsync(
        bool? unread, string? directoryId, int pageSize, string? token, CancellationToken cancellationToken = default)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Feed} and RowKey ge {NotificationRow} and RowKey lt {OpenRow}");
        if (unread is { } wanted)
        {
            filter += " and " + TableClient.CreateQueryFilter($"Read eq {!wanted}");
        }

        if (directoryId is not null)
        {
            filter += " and " + TableClient.CreateQueryFilter($"DirectoryId eq {directoryId}");
        }

        var (rows, next) = await table.PageAsync(filter, pageSize, token, SearchRequests, cancellationToken);
        return (rows.ConvertAll(NotificationEntity.ToNotification), next);
    }

    /// <summary>Unread ones, counted up to a number.</summary>
    public async Task<int> CountUnreadAsync(int most, CancellationToken cancellationToken = default)
    {
        FormattableString filter = $"PartitionKey eq {Feed} and RowKey ge {NotificationRow} and RowKey lt {OpenRow} and Read eq {false}";
        return await table.QueryAsync(filter, pageSize: most, select: ["RowKey"], cancellationToken: cancellationToken).Take(most).CountAsync(cancellationToken);
    }

    /// <returns>False: there is no such notification.</returns>
    public async Task<bool> MarkAsync(string id, bool read, CancellationToken cancellationToken = default)
    {
        if (await table.GetAsync(Feed, NotificationRow + id, cancellationToken) is not { } row)
        {
            return false;
        }

        if (row.Flag("Read") != read)
        {
            row["Read"] = read;
            await table.UpsertAsync(row, cancellationToken);
        }

        return true;
    }

    /// <summary>Deliveries that are to be tried now, the oldest last: at most so many.</summary>
    public async Task<IReadOnlyList<Delivery>> DueAsync(DateTimeOffset now, int most, CancellationToken cancellationToken = default)
    {
        FormattableString filter = $"PartitionKey eq {Feed} and RowKey ge {OpenRow} and RowKey lt {"p"} and Due le {now}";
        return await table.QueryAsync(filter, cancellationToken: cancellationToken).Take(most).Select(NotificationEntity.ToDelivery).ToListAsync(cancellationToken);
    }

    /// <summary>Deliveries on their way, or (<paramref name="closed"/>) those that were sent or given up, the latest first.</summary>
    public async Task<(IReadOnlyList<Delivery> Items, string? Continuation)> PageDeliveriesAsync(
        bool closed, int pageSize, string? token, CancellationToken cancellationToken = default)
    {
        var (from, to) = closed ? (ClosedRow, "t") : (OpenRow, "p");
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Feed} and RowKey ge {from} and RowKey lt {to}");
        var (rows, next) = await table.PageAsync(filter, pageSize, token, SearchRequests, cancellationToken);
        return (rows.ConvertAll(NotificationEntity.ToDelivery), next);
    }

    /// <summary>Replaces a delivery that is on its way, unless somebody else did: of several who take it up, one does.</summary>
    /// <returns>With its new entity tag; null: it was changed, or is no longer on its way.</returns>
    public async Task<Delivery?> TryReplaceAsync(Delivery delivery, CancellationToken cancellationToken = default)
    {
        try
        {
            return delivery with { ETag = await table.ReplaceAsync(NotificationEntity.From(Feed, OpenRow, delivery), delivery.ETag, cancellationToken) };
        }
        catch (RecordChangedException)
        {
            return null;
        }
    }

    /// <summary>The delivery was sent or given up: it leaves the outbox, in one step with a notification about that.</summary>
    public async Task CloseAsync(Delivery delivery, Notification? about, CancellationToken cancellationToken = default)
    {
        var open = NotificationEntity.From(Feed, OpenRow, delivery);
        List<RowWrite> rows =
        [
            new(NotificationEntity.From(Feed, ClosedRow, delivery), WriteKind.Upsert),
            new(open, WriteKind.Delete, new ETag(delivery.ETag!)),
        ];
        if (about is not null)
        {
            rows.Add(new RowWrite(NotificationEntity.From(Feed, NotificationRow, about), WriteKind.Upsert));
        }

        // Not done only when it is closed already: nobody else touches a delivery that was taken up.
        await table.TryTransactAsync(rows, cancellationToken);
    }

    /// <summary>What was told of already and goes on.</summary>
    public async Task<IReadOnlyDictionary<string, NotificationCause>> ReadCausesAsync(string directoryId, CancellationToken cancellationToken = default)
    {
        var partition = Causes(directoryId);
        return await table.QueryAsync($"PartitionKey eq {partition}", cancellationToken: cancellationToken)
            .Select(NotificationEntity.ToCause).ToDictionaryAsync(cause => cause.Key, StringComparer.Ordinal, cancellationToken);
    }

    public Task PutCauseAsync(string directoryId, NotificationCause cause, CancellationToken cancellationToken = default) =>
        table.UpsertAsync(NotificationEntity.From(Causes(directoryId), cause), cancellationToken);

    public Task DeleteCauseAsync(string directoryId, string key, CancellationToken cancellationToken = default) =>
        table.DeleteAsync(Causes(directoryId), key, null, cancellationToken);

    /// <summary>Removes all causes of a directory that is no more.</summary>
    public async Task DeleteCausesAsync(string directoryId, CancellationToken cancellationToken = default)
    {
        foreach (var key in (await ReadCausesAsync(directoryId, cancellationToken)).Keys)
        {
            await DeleteCauseAsync(directoryId, key, cancellationToken);
        }
    }

    /// <summary>Removes notifications of before, and what is known of deliveries that were done with.</summary>
    /// <returns>How many rows.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var removed = 0;
        foreach (var (prefix, end) in new[] { (NotificationRow, OpenRow), (ClosedRow, "t") })
        {
            var from = prefix + NotificationId.TimeKey(before);
            FormattableString filter = $"PartitionKey eq {Feed} and RowKey ge {from} and RowKey lt {end}";
            var rows = await table.QueryAsync(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken)
                .Select(row => new RowWrite(new TableEntity(Feed, row.RowKey), WriteKind.Delete)).ToListAsync(cancellationToken);
            await table.WriteAsync(rows, cancellationToken);
            removed += rows.Count;
        }

        return removed;
    }

    private static string Causes(string directoryId) => $"causes.{directoryId}";
}
