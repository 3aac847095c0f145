using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace LdapSync.LocalRuntime.Hosting;

/// <summary>What host.json and the settings say about the host itself.</summary>
internal sealed record HostSettings
{
    public const string StorageSetting = "AzureWebJobsStorage";

    public required string HubName { get; init; }

    public required string RoutePrefix { get; init; }

    public required int Port { get; init; }

    public int MaxConcurrentActivities { get; init; } = 10;

    public int MaxConcurrentOrchestrators { get; init; } = 10;

    /// <summary>Null when the setting is missing; then there can be no durable functions and no monitored timers.</summary>
    public string? Storage { get; init; }

    /// <summary>How long one request to the storage may take.</summary>
    public TimeSpan StorageTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public required string KeysFolder { get; init; }

    public string? MasterKey { get; init; }

    public string? FunctionKey { get; init; }

    /// <exception cref="InvalidOperationException">host.json is malformed.</exception>
    public static HostSettings Read(IConfiguration settings, string? hostFile)
    {
        JsonElement host = default;
        try
        {
            host = hostFile is null ? default : JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(hostFile), LocalSettings.Lenient);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{hostFile} is not JSON: {e.Message}", e);
        }

        return new HostSettings
        {
            HubName = Names.Resolve(settings["LocalRuntime:HubName"] ?? Text(host, "extensions", "durableTask", "hubName") ?? "TestHubName", settings, "host.json, extensions.durableTask.hubName"),
            MaxConcurrentActivities = settings["LocalRuntime:MaxConcurrentActivities"] is { } most ? int.Parse(most, CultureInfo.InvariantCulture)
                : Number(host, "extensions", "durableTask", "maxConcurrentActivityFunctions") ?? 10,
            MaxConcurrentOrchestrators = Number(host, "extensions", "durableTask", "maxConcurrentOrchestratorFunctions") ?? 10,
            RoutePrefix = Text(host, "extensions", "http", "routePrefix") ?? "api",
            Port = int.Parse(settings["port"] ?? settings["LocalRuntime:Port"] ?? "7071", CultureInfo.InvariantCulture),
            Storage = settings[StorageSetting],
            StorageTimeout = TimeSpan.FromSeconds(double.Parse(settings["LocalRuntime:StorageTimeoutSeconds"] ?? "30", CultureInfo.InvariantCulture)),
            KeysFolder = settings["LocalRuntime:KeysFolder"] ?? DefaultKeysFolder(),
            MasterKey = settings["LocalRuntime:MasterKey"],
            FunctionKey = settings["LocalRuntime:FunctionKey"],
        };
    }

    private static string DefaultKeysFolder()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(data, "ldapsync", "keys");
    }

    private static JsonElement? At(JsonElement element, string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element;
    }

    private static string? Text(JsonElement element, params string[] path) => At(element, path)?.GetString();

    private static int? Number(JsonElement element, params string[] path) => At(element, path)?.GetInt32();
}

internal static class Names
{
    /// <summary>Replaces <c>%Setting%</c> by the setting's value.</summary>
    /// <exception cref="InvalidOperationException">There is no such setting.</exception>
    public static string Resolve(string text, IConfiguration settings, string where)
    {
        var parts = text.Split('%');
        if (parts.Length % 2 == 0)
        {
            throw new InvalidOperationException($"{where}: '{text}' has an odd number of % signs.");
        }

        for (var i = 1; i < parts.Length; i += 2)
        {
            var name = parts[i].Replace("__", ":", StringComparison.Ordinal);
            parts[i] = settings[name] ?? throw new InvalidOperationException($"{where}: the setting '{parts[i]}' is missing. Add it to local.settings.json or the environment.");
        }

        return string.Concat(parts);
    }
}
