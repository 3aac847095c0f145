using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LdapSync.Core.Notifications;
using LdapSync.Core.Settings;
using LdapSync.Notifications.Rendering;

namespace LdapSync.Notifications.Webhooks;

/// <summary>A notification as the JSON that a webhook takes. Limits are those of the two services: 150 characters in a Slack header, 3000 in a text.</summary>
public static class WebhookBody
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(WebhookShape shape, Delivery delivery, Notification notification, string linkBase) => JsonSerializer.SerializeToUtf8Bytes(
        shape switch
        {
            WebhookShape.Teams => Teams(notification, linkBase),
            WebhookShape.Slack => Slack(notification, linkBase),
            _ => Generic(delivery, notification, linkBase),
        },
        Options);

    private static JsonObject Generic(Delivery delivery, Notification notification, string linkBase)
    {
        var content = notification.Content;
        return new JsonObject
        {
            ["id"] = delivery.Id,
            ["notificationId"] = notification.Id,
            ["kind"] = JsonNamingPolicy.CamelCase.ConvertName(notification.Kind.ToString()),
            ["severity"] = JsonNamingPolicy.CamelCase.ConvertName(notification.Severity.ToString()),
            ["created"] = notification.Created.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ["directoryId"] = notification.DirectoryId,
            ["runId"] = notification.RunId,
            ["title"] = content.Title,
            ["text"] = content.Text,
            ["facts"] = new JsonArray([.. content.Facts.Select(fact => new JsonObject { ["label"] = fact.Label, ["value"] = fact.Value })]),
            ["items"] = new JsonArray([.. content.Items.Select(item => (JsonNode)item)]),
            ["moreItems"] = content.MoreItems,
            ["link"] = MessageLink.Of(content, linkBase),
        };
    }

    /// <summary>An adaptive card in the envelope of a workflow's webhook. Its texts are a kind of Markdown, whose marks are escaped.</summary>
    private static JsonObject Teams(Notification notification, string linkBase)
    {
        var content = notification.Content;
        var color = notification.Severity switch { NotificationSeverity.Error => "attention", NotificationSeverity.Warning => "warning", _ => "accent" };
        var body = new JsonArray
        {
            new JsonObject { ["type"] = "TextBlock", ["text"] = Markdown(content.Title), ["weight"] = "bolder", ["size"] = "medium", ["color"] = color, ["wrap"] = true },
            new JsonObject { ["type"] = "TextBlock", ["text"] = Markdown(content.Text), ["wrap"] = true },
        };
        if (content.Facts.Count > 0)
        {
            body.Add((JsonNode)new JsonObject
            {
                ["type"] = "FactSet",
                ["facts"] = new JsonArray([.. content.Facts.Select(fact => new JsonObject { ["title"] = Markdown(fact.Label), ["value"] = Markdown(fact.Value) })]),
            });
        }

        if (content.Items.Count > 0)
        {
            var lines = Items(content, Markdown).Prepend($"**{Markdown(content.ItemsTitle ?? "")}**");
            body.Add((JsonNode)new JsonObject { ["type"] = "TextBlock", ["text"] = string.Join("\n\n", lines), ["wrap"] = true });
        }

        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = body,
        };
        if (MessageLink.Of(content, linkBase) is { } link)
        {
            card["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = content.LinkText, ["url"] = link });
        }

        return new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = card }),
        };
    }

    private static JsonObject Slack(Notification notification, string linkBase)
    {
        var content = notification.Content;
        var blocks = new JsonArray
        {
            new JsonObject { ["type"] = "header", ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = Printable.Cut(Printable.Of(content.Title), 150) } },
            Section(Mrkdwn(content.Text)),
        };
        if (content.Facts.Count > 0)
        {
            blocks.Add((JsonNode)Section(string.Join('\n', content.Facts.Select(fact => $"*{Mrkdwn(fact.Label)}:* {Mrkdwn(fact.Value)}"))));
        }

        if (content.Items.Count > 0)
        {
            blocks.Add((JsonNode)Section(string.Join('\n', Items(content, Mrkdwn).Select(item => $"• {item}").Prepend($"*{Mrkdwn(content.ItemsTitle ?? "")}*"))));
        }

        if (MessageLink.Of(content, linkBase) is { } link)
        {
            blocks.Add((JsonNode)Section($"<{Mrkdwn(link)}|{Mrkdwn(content.LinkText ?? link)}>"));
        }

        return new JsonObject { ["text"] = Mrkdwn(content.Title), ["blocks"] = blocks };
    }

    private static JsonObject Section(string text) =>
        new() { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = Printable.Cut(text, 3000) } };

    private static IEnumerable<string> Items(NotificationContent content, Func<string, string> escape) =>
        content.MoreItems > 0 ? content.Items.Select(escape).Append($"and {content.MoreItems} more") : content.Items.Select(escape);

    /// <summary>Slack's three characters with a meaning everywhere.</summary>
    private static string Mrkdwn(string text) => Printable.Of(text)
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Markdown(string text) =>
        string.Concat(Printable.Of(text).Select(character => "\\`*_[]<>#".Contains(character, StringComparison.Ordinal) ? $"\\{character}" : $"{character}"));
}
