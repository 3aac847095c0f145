using System.Globalization;
using System.Net;
using System.Text;
using LdapSync.Core.Notifications;

namespace LdapSync.Notifications.Rendering;

/// <summary>
/// A notification as HTML for e-mail: tables and inline styles, which is what mail programs understand. Everything that comes from elsewhere is escaped;
/// there are no scripts, no images and nothing that is loaded.
/// </summary>
public static class HtmlBody
{
    private const string Font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

    public static string Of(Notification notification, string linkBase)
    {
        var content = notification.Content;
        var (color, label) = notification.Severity switch
        {
            NotificationSeverity.Error => ("#b42318", "Error"),
            NotificationSeverity.Warning => ("#b54708", "Attention"),
            _ => ("#175cd3", "Information"),
        };
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light">
            <title>{Text(content.Title)}</title>
            </head>
            <body style="margin:0;padding:0;background:#f2f4f7;{Font};color:#1d2939">
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f2f4f7"><tr><td align="center" style="padding:24px 12px">
            <table role="presentation" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid #d0d5dd;border-radius:8px;border-collapse:separate">
            <tr><td style="height:6px;background:{color};border-radius:7px 7px 0 0;font-size:0;line-height:0">&nbsp;</td></tr>
            <tr><td style="padding:24px 28px 8px 28px">
            <div style="font-size:12px;font-weight:600;letter-spacing:.04em;text-transform:uppercase;color:{color}">{label}</div>
            <h1 style="margin:6px 0 12px 0;font-size:20px;line-height:28px;font-weight:600;overflow-wrap:anywhere">{Text(content.Title)}</h1>
            <p style="margin:0 0 16px 0;font-size:15px;line-height:23px;overflow-wrap:anywhere">{Text(content.Text)}</p>

            """);
        AppendFacts(html, content);
        AppendItems(html, content);
        AppendLink(html, content, linkBase, color);
        html.Append(CultureInfo.InvariantCulture, $"""
            </td></tr>
            <tr><td style="padding:14px 28px 18px 28px;border-top:1px solid #eaecf0;font-size:12px;line-height:18px;color:#667085">{Text(TextBody.Footer(notification))}</td></tr>
            </table>
            </td></tr></table>
            </body>
            </html>

            """);
        return html.ToString();
    }

    private static void AppendFacts(StringBuilder html, NotificationContent content)
    {
        if (content.Facts.Count == 0)
        {
            return;
        }

        html.Append("""<table width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 16px 0;border-collapse:collapse;font-size:14px;line-height:20px">""").Append('\n');
        foreach (var fact in content.Facts)
        {
            html.Append(CultureInfo.InvariantCulture, $"""
                <tr><th scope="row" align="left" valign="top" style="padding:7px 16px 7px 0;border-bottom:1px solid #eaecf0;font-weight:400;color:#475467;width:34%">{Text(fact.Label)}</th><td valign="top" style="padding:7px 0;border-bottom:1px solid #eaecf0;overflow-wrap:anywhere">{Text(fact.Value)}</td></tr>

                """);
        }

        html.Append("</table>\n");
    }

    private static void AppendItems(StringBuilder html, NotificationContent content)
    {
        if (content.Items.Count == 0)
        {
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"""
            <h2 style="margin:0 0 6px 0;font-size:14px;line-height:20px;font-weight:600">{Text(content.ItemsTitle)}</h2>
            <ul style="margin:0 0 16px 0;padding:0 0 0 20px;font-size:14px;line-height:22px">

            """);
        foreach (var item in content.Items)
        {
            html.Append(CultureInfo.InvariantCulture, $"""<li style="overflow-wrap:anywhere">{Text(item)}</li>""").Append('\n');
        }

        if (content.MoreItems > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<li>and {content.MoreItems} more</li>\n");
        }

        html.Append("</ul>\n");
    }

    private static void AppendLink(StringBuilder html, NotificationContent content, string linkBase, string color)
    {
        if (MessageLink.Of(content, linkBase) is { } link)
        {
            html.Append(CultureInfo.InvariantCulture, $"""
                <p style="margin:4px 0 20px 0"><a href="{Text(link)}" style="display:inline-block;padding:10px 18px;background:{color};border-radius:6px;color:#ffffff;font-size:14px;font-weight:600;text-decoration:none">{Text(content.LinkText)}</a></p>

                """);
        }
    }

    private static string Text(string? text) => WebUtility.HtmlEncode(Printable.Of(text ?? ""));
}
