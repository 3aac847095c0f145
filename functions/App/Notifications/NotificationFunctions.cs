using LdapSync.App.Api;
using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Notifications;

/// <summary>The feed of notifications.</summary>
public sealed class NotificationFunctions(ApiCalls calls, NotificationFeed feed)
{
    [Function("ListNotifications")]
    [ApiOperation("Notifications, the latest first, with the number of unread ones", Access = Access.Reader, Response = typeof(NotificationPage), Query = ["unread", "directoryId", "pageSize", "continuation"])]
    public Task<IResult> ListNotifications([HttpTrigger(AuthorizationLevel.Function, "get", Route = "notifications")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await feed.PageAsync(
            ApiRequest.Flag(request, "unread"), ApiRequest.Text(request, "directoryId"), ApiRequest.Count(request, "pageSize", 50, 1000),
            ApiRequest.Text(request, "continuation"), cancellationToken)));

    [Function("GetNotification")]
    [ApiOperation("A notification", Access = Access.Reader, Response = typeof(NotificationView))]
    public Task<IResult> GetNotification([HttpTrigger(AuthorizationLevel.Function, "get", Route = "notifications/{notificationId}")] HttpRequest request, string notificationId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await feed.GetAsync(notificationId, cancellationToken)));

    [Function("MarkNotificationRead")]
    [ApiOperation("Marks a notification read", Access = Access.Operator, Status = 204)]
    public Task<IResult> MarkNotificationRead([HttpTrigger(AuthorizationLevel.Function, "put", Route = "notifications/{notificationId}/read")] HttpRequest request, string notificationId) =>
        MarkAsync(request, notificationId, read: true);

    [Function("MarkNotificationUnread")]
    [ApiOperation("Marks a notification unread", Access = Access.Operator, Status = 204)]
    public Task<IResult> MarkNotificationUnread([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "notifications/{notificationId}/read")] HttpRequest request, string notificationId) =>
        MarkAsync(request, notificationId, read: false);

    [Function("MarkAllNotificationsRead")]
    [ApiOperation("Marks all notifications read", Access = Access.Operator, Status = 204)]
    public Task<IResult> MarkAllNotificationsRead([HttpTrigger(AuthorizationLevel.Function, "post", Route = "notifications/read")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await feed.MarkAllReadAsync(cancellationToken);
            return Results.NoContent();
        });

    [Function("ListDeliveries")]
    [ApiOperation("Messages on their way, or with closed=true those sent or given up", Access = Access.Reader, Response = typeof(Page<DeliveryView>), Query = ["closed", "pageSize", "continuation"])]
    public Task<IResult> ListDeliveries([HttpTrigger(AuthorizationLevel.Function, "get", Route = "deliveries")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await feed.DeliveriesAsync(
            ApiRequest.Flag(request, "closed") ?? false, ApiRequest.Count(request, "pageSize", 50, 1000), ApiRequest.Text(request, "continuation"), cancellationToken)));

    private Task<IResult> MarkAsync(HttpRequest request, string notificationId, bool read) => calls.RunAsync(request, async cancellationToken =>
    {
        await feed.MarkAsync(notificationId, read, cancellationToken);
        return Results.NoContent();
    });
}
