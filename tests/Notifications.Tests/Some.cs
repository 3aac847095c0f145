using LdapSync.Core.Notifications;
using LdapSync.TestBed;

namespace LdapSync.Notifications.Tests;

/// <summary>Made-up notifications.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 11, 23, 12, 30, 15, TimeSpan.Zero);

    public static Notification Notification(string title = "Too few licences: Größe & <b>Co</b>", string item = "Åsa O'Brien <asa@x> (asa)") => new(
        NotificationId.Of(Time, "some cause"), NotificationKind.LicenceShortage, NotificationSeverity.Warning, Time,
        new NotificationContent(title, "More users are to have a licence than there are.")
        {
            Facts = [new NotificationFact("Product", "CRM <script>alert(1)</script>"), new NotificationFact("Waiting", "25 users")],
            ItemsTitle = "Waiting, in this order",
            Items = [item, "*bold* _it_ [x](http://evil.test) `code`"],
            MoreItems = 23,
            LinkText = "Look at the licences",
            LinkPath = "licences/crm",
        })
    {
        DirectoryId = "acme",
        RunId = "acme.0123456789abcdef",
    };

    public static Delivery Delivery(Notification notification, string target = "admin@example.test", DeliveryChannel channel = DeliveryChannel.Email) =>
        new(NotificationId.OfDelivery(notification.Id, channel, target), channel, target) { Created = Time };

    public static MailSettings Settings(MailServer server, MailSecurity security = MailSecurity.StartTls) => new()
    {
        Host = "localhost",
        Port = server.Port,
        Security = security,
        UserName = security == MailSecurity.None ? "" : MailServer.UserName,
        From = MailServer.From,
        TrustedCertificates = security == MailSecurity.None ? "" : server.Authority,
        LinkBase = "https://sync.example.test/admin",
    };
}
