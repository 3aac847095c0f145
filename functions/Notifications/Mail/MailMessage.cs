using LdapSync.Core.Notifications;
using LdapSync.Notifications.Rendering;
using MimeKit;
using MimeKit.Text;

namespace LdapSync.Notifications.Mail;

/// <summary>Makes the e-mail: text and HTML, with a message id that is the same at every attempt, so that who gets it twice sees it is one.</summary>
internal static class MailMessage
{
    private const int MaxSubject = 200;

    public static MimeMessage Of(Delivery delivery, Notification notification, MailSettings settings)
    {
        var message = new MimeMessage
        {
            MessageId = Id(delivery, settings),
            Subject = Printable.Cut(Printable.Of(notification.Content.Title).Replace('\n', ' '), MaxSubject),
            Date = notification.Created,
            Body = new MultipartAlternative
            {
                new TextPart(TextFormat.Plain) { Text = Printable.Of(TextBody.Of(notification, settings.LinkBase)) },
                new TextPart(TextFormat.Html) { Text = HtmlBody.Of(notification, settings.LinkBase) },
            },
        };
        message.From.Add(new MailboxAddress(settings.FromName, settings.From));
        message.To.Add(new MailboxAddress("", delivery.Target));

        // So that holiday notices are not sent back (RFC 3834), and filters can tell kinds apart.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-LdapSync-Kind", notification.Kind.ToString());
        if (notification.Severity == NotificationSeverity.Error)
        {
            message.Importance = MessageImportance.High;
        }

        return message;
    }

    /// <summary>Without the brackets.</summary>
    public static string Id(Delivery delivery, MailSettings settings) => $"{delivery.Id}@{settings.From[(settings.From.LastIndexOf('@') + 1)..]}";
}
