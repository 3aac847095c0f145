using System.Text.Json;
using LdapSync.TestBed;

namespace LdapSync.Infra.Tests;

/// <summary>host.json: only keys that "host.json reference" and "host.json settings in Durable Functions" know, with values in their bounds.</summary>
public sealed class HostFileTests
{
    private static readonly string[] Known =
    [
        "version", "telemetryMode", "functionTimeout", "logging.logLevel", "logging.fileLoggingMode",
        "extensions.http.routePrefix",
        "extensions.durableTask.hubName", "extensions.durableTask.defaultVersion", "extensions.durableTask.versionMatchStrategy",
        "extensions.durableTask.versionFailureStrategy", "extensions.durableTask.maxConcurrentActivityFunctions",
        "extensions.durableTask.maxConcurrentOrchestratorFunctions", "extensions.durableTask.extendedSessionsEnabled",
        "extensions.durableTask.storageProvider.type", "extensions.durableTask.storageProvider.partitionCount",
        "extensions.durableTask.storageProvider.maxQueuePollingInterval",
        "extensions.durableTask.tracing.traceInputsAndOutputs", "extensions.durableTask.tracing.traceReplayEvents",
        "extensions.durableTask.tracing.distributedTracingEnabled", "extensions.durableTask.tracing.version",
    ];

    private static JsonElement Host
    {
        get
        {
            using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")));
            return document.RootElement.Clone();
        }
    }

    private static JsonElement Durable => Host.GetProperty("extensions").GetProperty("durableTask");

    [Fact]
    public void HostFile_EveryKey_IsKnown()
    {
        var keys = Keys(Host, "").Where(key => !key.StartsWith("logging.logLevel.", StringComparison.Ordinal));

        Assert.Empty(keys.Except(Known));
    }

    [Fact]
    public void HostFile_Bounds_AreKept()
    {
        Assert.Equal("2.0", Host.GetProperty("version").GetString());
        Assert.Equal("api", Host.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        Assert.Matches("^[A-Za-z][A-Za-z0-9]{2,44}$", Durable.GetProperty("hubName").GetString());
        Assert.InRange(Durable.GetProperty("storageProvider").GetProperty("partitionCount").GetInt32(), 1, 16);
        Assert.InRange(Durable.GetProperty("maxConcurrentActivityFunctions").GetInt32(), 1, 100);
        Assert.False(Durable.GetProperty("extendedSessionsEnabled").GetBoolean());
    }

    [Fact]
    public void HostFile_Tracing_KeepsInputsAndOutputsOut() =>
        Assert.False(Durable.GetProperty("tracing").GetProperty("traceInputsAndOutputs").GetBoolean());

    [Fact]
    public void HostFile_HubName_IsTheOneThatTheDeploymentGivesProduction()
    {
        var snapshot = Snapshot.Read("prod");
        var site = snapshot.Single("Microsoft.Web/sites").Name;
        var settings = snapshot.Resources.Single(item => item.Name == $"{site}/appsettings").Settings();

        Assert.Equal(Durable.GetProperty("hubName").GetString(), settings["AzureFunctionsJobHost__extensions__durableTask__hubName"]);
    }

    private static IEnumerable<string> Keys(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().SelectMany(item => Keys(item.Value, path.Length == 0 ? item.Name : $"{path}.{item.Name}"))
            : [path];
}
