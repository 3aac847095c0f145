using System.Text.Json.Nodes;

namespace LdapSync.Core.Auditing;

/// <summary>What differs between two states of a record.</summary>
public static class AuditDifference
{
    /// <summary>In place of what must not be kept.</summary>
    public const string Hidden = "(not recorded)";

    // Records hold no secrets; should one ever get in, it stays out of here.
    private static readonly string[] Secrets = ["password", "secret", "signingSecret", "token", "privateKey", "key", "pfx"];

    /// <summary>The fields that differ, nested objects field by field; a list is one value. Both null: nothing differs.</summary>
    public static (JsonNode? Before, JsonNode? After) Of(JsonNode? before, JsonNode? after)
    {
        if (before is JsonObject one && after is JsonObject other)
        {
            var (left, right) = (new JsonObject(), new JsonObject());
            foreach (var name in one.Select(field => field.Key).Union(other.Select(field => field.Key)).ToList())
            {
                var (was, became) = Of(one[name], other[name]);
                if (was is null && became is null)
                {
                    continue;
                }

                (left[name], right[name]) = IsSecret(name) ? (Hidden, Hidden) : (was, became);
            }

            return left.Count == 0 ? (null, null) : (left, right);
        }

        return JsonNode.DeepEquals(before, after) ? (null, null) : (Clean(before), Clean(after));
    }

    private static JsonNode? Clean(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(field =>
            KeyValuePair.Create(field.Key, field.Value is not null && IsSecret(field.Key) ? Hidden : Clean(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Clean)]),
        _ => node?.DeepClone(),
    };

    private static bool IsSecret(string name) => Secrets.Contains(name, StringComparer.OrdinalIgnoreCase);
}
