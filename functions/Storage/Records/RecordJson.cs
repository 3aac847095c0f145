using System.Text.Json;
using System.Text.Json.Serialization;

namespace LdapSync.Storage.Records;

/// <summary>JSON inside records: names of choices as text, and what is missing keeps its default.</summary>
internal static class RecordJson
{
    // By reflection: generated code sets init-only properties that are missing to null instead of their initializers.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>For types that cannot be made from nothing.</summary>
    public static T ReadOr<T>(string? json, T otherwise)
        where T : class => string.IsNullOrEmpty(json) ? otherwise : JsonSerializer.Deserialize<T>(json, Options) ?? otherwise;

    public static T Read<T>(string? json)
        where T : new() => string.IsNullOrEmpty(json) ? new T() : JsonSerializer.Deserialize<T>(json, Options) ?? new T();
}
