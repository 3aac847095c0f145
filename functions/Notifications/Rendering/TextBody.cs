using System.Globalization;
using System.Text;
using LdapSync.Core.Notifications;

namespace LdapSync.Notifications.Rendering;

/// <summary>A notification as plain text: what readers without HTML see.</summary>
public static class TextBody
{
    public static string Of(Notification notification, string linkBase)
    {
        var content = notification.Content;
        var text = new StringBuilder();
        text.Append(content.Title).Append("\n\n").Append(content.Text).Append('\n');
        if (content.Facts.Count > 0)
        {
            text.Append('\n');
            var width = content.Facts.Max(fact => fact.Label.Length) + 2;
            foreach (var fact in content.Facts)
            {
                text.Append($"{fact.Label}:".PadRight(width)).Append(fact.Value).Append('\n');
            }
        }

        if (content.Items.Count > 0)
        {
            text.Append('\n').Append(content.ItemsTitle).Append(":\n");
            foreach (var item in content.Items)
            {
                text.Append("- ").Append(item).Append('\n');
            }

            if (content.MoreItems > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"- and {content.MoreItems} more\n");
            }
        }

        if (MessageLink.Of(content, linkBase) is { } link)
        {
            text.Append('\n').Append(content.LinkText).Append(":\n").Append(link).Append('\n');
        }

        return text.Append("\n-- \n").Append(Footer(notification)).Append('\n').ToString();
    }

    internal static string Footer(Notification notification) => string.Create(
        CultureInfo.InvariantCulture,
        $"LdapSync{(notification.DirectoryId is null ? "" : $", directory {notification.DirectoryId}")}, {notification.Created.UtcDateTime:yyyy-MM-dd HH:mm} UTC. Who gets these messages is set in the directory's notification settings.");
}
