using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Notifications;
using LdapSync.App.Callers;
using LdapSync.App.Notifications;
using LdapSync.Core.Notifications;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Pages;

/// <summary>The feed of notifications.</summary>
[AdminPage]
public sealed class NotificationPages(PageCalls calls, NotificationFeed feed)
{
    private const int PageSize = 30;

    [Function("PageNotifications")]
    public Task<IResult> Notifications([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/notifications")] HttpRequest request) =>
        calls.RunAsync(request, Access.Operator, async call =>
        {
            if (call.IsPost)
            {
                await MarkAsync(call);
                return PageCall.Go(Paths.Notifications);
            }

            var onlyUnread = call.Query("unread") == "true";
            var page = await feed.PageAsync(onlyUnread ? true : null, null, PageSize, call.Query("from") is { Length: > 0 } from ? from : null, call.CancellationToken);
            return call.Show<NotificationsPage>(new NotificationsModel([.. page.Items.Select(Model)], page.Unread, page.Continuation, onlyUnread));
        });

    private Task MarkAsync(PageCall call) => call.Do switch
    {
        ("read-all", _) => feed.MarkAllReadAsync(call.CancellationToken),
        ("read", var id) => feed.MarkAsync(id, read: true, call.CancellationToken),
        ("unread", var id) => feed.MarkAsync(id, read: false, call.CancellationToken),
        _ => Task.CompletedTask,
    };

    private static NotificationModel Model(NotificationView view) => new(
        view.Id, view.Severity switch { NotificationSeverity.Error => "bad", NotificationSeverity.Warning => "wait", _ => "plain" },
        view.Created, view.Read, view.DirectoryId, view.RunId, view.Title, view.Text,
        [.. view.Facts.Select(fact => (fact.Label, fact.Value))], view.ItemsTitle,
        view.MoreItems > 0 ? [.. view.Items, $"and {Say.Number(view.MoreItems)} more"] : view.Items);
}
