using Azure.Data.Tables;
using LdapSync.Core.Notifications;

namespace LdapSync.Storage.Records;

/// <summary>Notifications, deliveries and causes as rows.</summary>
internal static class NotificationEntity
{
    private const int MaxError = 2000;

    public static TableEntity From(string partition, string prefix, Notification notification)
    {
        var entity = new TableEntity(partition, prefix + notification.Id)
        {
            ["Kind"] = notification.Kind.ToString(),
            ["Severity"] = notification.Severity.ToString(),
            ["Created"] = EntityFields.Storable(notification.Created),
            ["Read"] = notification.Read,
        };
        entity.PutLong("Content", RecordJson.Write(notification.Content));
        entity.Put("DirectoryId", notification.DirectoryId);
        entity.Put("RunId", notification.RunId);
        return entity;
    }

    public static Notification ToNotification(TableEntity row) => new(
        row.RowKey[1..], row.Choice<NotificationKind>("Kind"), row.Choice<NotificationSeverity>("Severity"), row.Time("Created") ?? EntityFields.Earliest,
        RecordJson.ReadOr(row.LongText("Content"), new NotificationContent("", "")))
    {
        DirectoryId = row.Text("DirectoryId"),
        RunId = row.Text("RunId"),
        Read = row.Flag("Read"),
    };

    public static TableEntity From(string partition, string prefix, Delivery delivery)
    {
        var entity = new TableEntity(partition, prefix + delivery.Id)
        {
            ["Channel"] = delivery.Channel.ToString(),
            ["Target"] = delivery.Target,
            ["Created"] = EntityFields.Storable(delivery.Created),
            ["Due"] = EntityFields.Storable(delivery.Due),
            ["Attempts"] = delivery.Attempts,
            ["GivenUp"] = delivery.GivenUp,
        };
        entity.Put("LastError", delivery.LastError is { Length: > MaxError } tooLong ? tooLong[..MaxError] : delivery.LastError);
        entity.Put("Sent", delivery.Sent);
        return entity;
    }

    public static Delivery ToDelivery(TableEntity row) => new(row.RowKey[1..], row.Choice<DeliveryChannel>("Channel"), row.Text("Target") ?? "")
    {
        Created = row.Time("Created") ?? EntityFields.Earliest,
        Due = row.Time("Due") ?? EntityFields.Earliest,
        Attempts = (int)row.Number("Attempts"),
        LastError = row.Text("LastError"),
        Sent = row.Time("Sent"),
        GivenUp = row.Flag("GivenUp"),
        ETag = row.ETag.ToString(),
    };

    public static TableEntity From(string partition, NotificationCause cause) => new(partition, cause.Key)
    {
        ["Opened"] = EntityFields.Storable(cause.Opened),
        ["Level"] = cause.Level,
        ["RunId"] = cause.RunId,
        ["Told"] = cause.Told,
    };

    public static NotificationCause ToCause(TableEntity row) => new(
        row.RowKey, row.Time("Opened") ?? EntityFields.Earliest, row.Number("Level"), row.Text("RunId") ?? "", row.Flag("Told"));
}
