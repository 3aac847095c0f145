using LdapSync.App.Api;
using LdapSync.Core.Notifications;
using LdapSync.Storage.Records;

namespace LdapSync.App.Notifications;

/// <param name="LinkPath">Relative to the address of the pages.</param>
public sealed record NotificationView(
    string Id,
    NotificationKind Kind,
    NotificationSeverity Severity,
    DateTimeOffset Created,
    bool Read,
    string? DirectoryId,
    string? RunId,
    string Title,
    string Text,
    IReadOnlyList<NotificationFact> Facts,
    string? ItemsTitle,
    IReadOnlyList<string> Items,
    int MoreItems,
    string? LinkText,
    string? LinkPath)
{
    public static NotificationView Of(Notification notification)
    {
        var content = notification.Content;
        return new NotificationView(
            notification.Id, notification.Kind, notification.Severity, notification.Created, notification.Read, notification.DirectoryId, notification.RunId,
            content.Title, content.Text, content.Facts, content.ItemsTitle, content.Items, content.MoreItems, content.LinkText, content.LinkPath);
    }
}

/// <param name="Unread">How many are unread, counted up to 100.</param>
public sealed record NotificationPage(IReadOnlyList<NotificationView> Items, string? Continuation, int Unread);

/// <param name="Target">An e-mail address; for a webhook the directory's id.</param>
/// <param name="Due">When it is tried next.</param>
public sealed record DeliveryView(
    string Id, string NotificationId, DeliveryChannel Channel, string Target, DateTimeOffset Created, DateTimeOffset? Due, int Attempts, string? LastError, DateTimeOffset? Sent, bool GivenUp)
{
    public static DeliveryView Of(Delivery delivery) => new(
        delivery.Id, delivery.NotificationId, delivery.Channel, delivery.Target, delivery.Created,
        delivery.Sent is null && !delivery.GivenUp ? delivery.Due : null, delivery.Attempts, delivery.LastError, delivery.Sent, delivery.GivenUp);
}

/// <summary>The feed as administrators see it, and what becomes of the messages.</summary>
public sealed class NotificationFeed(NotificationStore store)
{
    public const int MostUnread = 100;

    /// <param name="unread">Null: read ones too.</param>
    /// <param name="directoryId">Null: of all directories.</param>
    /// <param name="pageSize">1 to 1000.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<NotificationPage> PageAsync(bool? unread, string? directoryId, int pageSize, string? continuation, CancellationToken cancellationToken)
    {
        var (items, next) = await PagedAsync(() => store.PageAsync(unread, directoryId, pageSize, continuation, cancellationToken));
        return new NotificationPage([.. items.Select(NotificationView.Of)], next, await store.CountUnreadAsync(MostUnread, cancellationToken));
    }

    public async Task<NotificationView> GetAsync(string id, CancellationToken cancellationToken) =>
        NotificationView.Of(await store.GetAsync(Key(id), cancellationToken) ?? throw ApiException.NotFound($"notification '{id}'"));

    public async Task MarkAsync(string id, bool read, CancellationToken cancellationToken)
    {
        if (!await store.MarkAsync(Key(id), read, cancellationToken))
        {
            throw ApiException.NotFound($"notification '{id}'");
        }
    }

    /// <summary>Marks everything read that is unread now.</summary>
    public async Task MarkAllReadAsync(CancellationToken cancellationToken)
    {
        string? next = null;
        var ids = new List<string>();
        do
        {
            (var items, next) = await store.PageAsync(unread: true, null, 1000, next, cancellationToken);
            ids.AddRange(items.Select(item => item.Id));
        }
        while (next is not null);

        await Parallel.ForEachAsync(
            ids, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (id, token) => await store.MarkAsync(id, read: true, token));
    }

    /// <param name="closed">Those that were sent or given up; else those on their way.</param>
    /// <param name="pageSize">1 to 1000.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Page<DeliveryView>> DeliveriesAsync(bool closed, int pageSize, string? continuation, CancellationToken cancellationToken)
    {
        var (items, next) = await PagedAsync(() => store.PageDeliveriesAsync(closed, pageSize, continuation, cancellationToken));
        return new Page<DeliveryView>([.. items.Select(DeliveryView.Of)], next);
    }

    private static string Key(string id) => NotificationId.IsId(id) ? id : throw ApiException.NotFound($"notification '{id}'");

    private static async Task<T> PagedAsync<T>(Func<Task<T>> page)
    {
        try
        {
            return await page();
        }
        catch (ArgumentException)
        {
            throw ApiException.Field("continuation", "Not one that this API gave out; start again without it.", 400);
        }
    }
}
