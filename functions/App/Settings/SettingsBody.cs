using System.Text.Json;
using System.Text.Json.Nodes;
using LdapSync.App.Api;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.App.Settings;

/// <summary>Settings as they are sent: over a preset that fills what the body leaves out, with the password beside them.</summary>
/// <param name="Settings">Without the password.</param>
/// <param name="Password">Null: not sent, the saved one stays.</param>
/// <param name="WebhookUrl">Likewise.</param>
/// <param name="WebhookKey">Likewise.</param>
internal sealed record SettingsBody(DirectorySettings Settings, string? Password, string? WebhookUrl = null, string? WebhookKey = null)
{
    /// <exception cref="ApiException">A field is unknown or of another type; named.</exception>
    public static SettingsBody Read(JsonObject body)
    {
        var preset = Take<string>(body, "preset", "preset");
        var basis = preset switch
        {
            null => new DirectorySettings(),
            "openLdap" => SettingsPresets.For(DirectoryKind.OpenLdap),
            "activeDirectory" => SettingsPresets.For(DirectoryKind.ActiveDirectory),
            _ => throw ApiException.Field("preset", "openLdap, activeDirectory, or left out.", 400),
        };
        var password = body["connection"] is JsonObject connection ? Take<string>(connection, "password", "connection.password") : null;
        var webhook = (body["notifications"] as JsonObject)?["webhook"] as JsonObject;
        var url = webhook is null ? null : Take<string>(webhook, "url", "notifications.webhook.url");
        var key = webhook is null ? null : Take<string>(webhook, "key", "notifications.webhook.key");
        var merged = JsonSerializer.SerializeToNode(basis, ApiJson.Options)!.AsObject();
        if (body["filters"] is JsonObject filters && filters.ContainsKey("groupUsers") && (body["groups"] as JsonObject)?.ContainsKey("membership") != true)
        {
            // Who sends a filter for the users of a group means it.
            merged["groups"]!["membership"] = JsonSerializer.SerializeToNode(MembershipSource.Filter, ApiJson.Options);
        }

        Merge(merged, body);
        return new SettingsBody(ApiRequest.Bind<DirectorySettings>(merged), password, url, key);
    }

    private static T? Take<T>(JsonObject body, string name, string field)
    {
        if (!body.TryGetPropertyValue(name, out var node) || node is null)
        {
            body.Remove(name);
            return default;
        }

        body.Remove(name);
        return node is JsonValue value && value.TryGetValue<T>(out var taken) ? taken : throw ApiException.Field(field, "A text.", 400);
    }

    /// <summary>Writes over what is there, group by group; arrays and values as a whole.</summary>
    private static void Merge(JsonObject target, JsonObject source)
    {
        foreach (var (name, value) in source)
        {
            if (value is JsonObject group && target[name] is JsonObject existing)
            {
                Merge(existing, group);
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }
}

/// <summary>Which secrets are kept for a directory.</summary>
public sealed record SavedSecrets(bool Password, bool WebhookUrl, bool WebhookKey);

/// <summary>Settings as they are told: everything but the secrets.</summary>
public sealed record SettingsView(
    string Id,
    ConnectionSettings Connection,
    bool HasPassword,
    ScheduleSettings Schedule,
    OptionSettings Options,
    UserSettings Users,
    GroupSettings Groups,
    FilterSettings Filters,
    SignInSettings SignIn,
    IReadOnlyList<string> Hints,
    NotificationSettings Notifications,
    bool HasWebhookUrl,
    bool HasWebhookKey,
    string? RunId = null)
{
    public static SettingsView Of(string id, DirectorySettings settings, SavedSecrets saved, string? runId = null) => new(
        id, settings.Connection, saved.Password, settings.Schedule, settings.Options, settings.Users, settings.Groups, settings.Filters, settings.SignIn,
        [.. SettingsLint.Check(settings).Select(hint => $"{hint.Field}: {hint.Message}")],
        settings.Notifications, saved.WebhookUrl, saved.WebhookKey, runId);
}
