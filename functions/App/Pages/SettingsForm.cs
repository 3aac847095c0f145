using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Setup;
using LdapSync.App.Api;
using LdapSync.App.Settings;
using LdapSync.Core.Settings;

namespace LdapSync.App.Pages;

/// <summary>Settings to and from the fields of their form, by way of the JSON that the API takes: the same names, the same errors.</summary>
internal static class SettingsForm
{
    /// <summary>By field name, as a form shows them.</summary>
    public static Dictionary<string, string> Values(DirectorySettings settings)
    {
        var json = Json(settings);
        return SettingsFields.ByName.Values.Where(field => field.Kind != FieldKind.Secret)
            .ToDictionary(field => field.Name, field => Text(At(json, field.Name)), StringComparer.Ordinal);
    }

    /// <summary>What was typed, by field name.</summary>
    public static Dictionary<string, string> Typed(PageCall call) =>
        SettingsFields.ByName.Values.Where(field => field.Kind != FieldKind.Secret)
            .ToDictionary(field => field.Name, field => Typed(field, call.Text(field.Name)), StringComparer.Ordinal);

    /// <summary>Secrets that were typed, by field name; one that is not typed stays as it is saved.</summary>
    public static Dictionary<string, string> Secrets(PageCall call) =>
        SettingsFields.Secrets.Where(name => call.Form[name].ToString().Length > 0).ToDictionary(name => name, name => call.Form[name].ToString(), StringComparer.Ordinal);

    /// <summary>What was typed over what is saved: a setting without a field of the form stays as it is.</summary>
    /// <exception cref="ApiException">Names the fields.</exception>
    public static SettingsBody Read(DirectorySettings saved, IReadOnlyDictionary<string, string> typed, IReadOnlyDictionary<string, string> secrets)
    {
        var json = Json(saved);
        var errors = new List<(string, string)>();
        foreach (var field in SettingsFields.ByName.Values.Where(field => field.Kind != FieldKind.Secret))
        {
            if (!TryParse(field, typed[field.Name], out var node))
            {
                errors.Add((field.Name, "A whole number."));
                continue;
            }

            Put(json, field.Name, node);
        }

        if (errors.Count > 0)
        {
            throw ApiException.Fields(errors);
        }

        foreach (var (name, secret) in secrets)
        {
            Put(json, name, secret);
        }

        return SettingsBody.Read(json);
    }

    public static IReadOnlyList<FieldDifference> Differences(IReadOnlyDictionary<string, string> theirs, IReadOnlyDictionary<string, string> yours) =>
        [.. theirs.Where(field => field.Value != yours[field.Key]).Select(field => new FieldDifference(field.Key, field.Value, yours[field.Key]))];

    // A box that is not ticked is not sent at all.
    private static string Typed(SettingsField field, string text) => field.Kind == FieldKind.Flag && text.Length == 0 ? "false" : text.ReplaceLineEndings("\n");

    private static bool TryParse(SettingsField field, string text, out JsonNode? node)
    {
        node = null;
        switch (field.Kind)
        {
            case FieldKind.Flag:
                node = text == "true";
                return true;
            case FieldKind.Number:
                if (text.Length == 0)
                {
                    return field.Optional;
                }

                var isNumber = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
                node = number;
                return isNumber;
            case FieldKind.List:
                node = new JsonArray([.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => (JsonNode)line)]);
                return true;
            default:
                // Optional texts of the connection are null where they are not given; those of the mapping are empty.
                node = text.Length == 0 && field.Optional && field.Name.StartsWith("connection.", StringComparison.Ordinal) ? null : text;
                return true;
        }
    }

    private static JsonObject Json(DirectorySettings settings) => JsonSerializer.SerializeToNode(settings, ApiJson.Options)!.AsObject();

    private static void Put(JsonObject json, string name, JsonNode? value)
    {
        var place = name.LastIndexOf('.');
        At(json, name[..place])!.AsObject()[name[(place + 1)..]] = value;
    }

    private static JsonNode? At(JsonNode json, string path) => path.Split('.').Aggregate((JsonNode?)json, (node, name) => node?[name]);

    private static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonArray list => string.Join('\n', list.Select(item => item?.ToString())),
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag ? "true" : "false",
        _ => node.ToString(),
    };
}
