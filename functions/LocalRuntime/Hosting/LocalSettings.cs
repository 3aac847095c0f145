using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace LdapSync.LocalRuntime.Hosting;

/// <summary>Finds host.json and local.settings.json in the working directory or beside the app.</summary>
internal static class LocalSettings
{
    public static readonly JsonSerializerOptions Lenient = new() { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static string? Find(string name) =>
        new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory }.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Puts the "Values" of local.settings.json below everything else, as the environment that the Functions tools make of them.</summary>
    /// <exception cref="InvalidOperationException">The file is malformed.</exception>
    public static void AddTo(IConfigurationBuilder settings)
    {
        if (Find("local.settings.json") is not { } file)
        {
            return;
        }

        try
        {
            var root = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file), Lenient);
            if (root.TryGetProperty("Values", out var values))
            {
                var pairs = values.EnumerateObject().ToDictionary(
                    value => value.Name.Replace("__", ":", StringComparison.Ordinal), value => (string?)value.Value.ToString());
                settings.Sources.Insert(0, new MemoryConfigurationSource { InitialData = pairs });
            }
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{file} is not JSON: {e.Message}", e);
        }
    }
}
