using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LdapSync.TestBed;

namespace LdapSync.SyncBench;

/// <summary>How a run went.</summary>
/// <param name="Seconds">From the request that starts it until it says that it has finished.</param>
/// <param name="Run">As the API tells it.</param>
internal sealed record TimedRun(double Seconds, JsonNode Run)
{
    public long Total(string name) => (long?)Run["totals"]?[name] ?? 0;
}

/// <summary>The app as a process of its own, on a storage emulator, configured for a directory.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public const string Prefix = "bench";
    private const string Directory = "example";
    private const string Key = "a-key-for-this-bench";

    private readonly HttpClient http;
    private readonly ServerProcess process;

    private Installation(HttpClient http, ServerProcess process) => (this.http, this.process) = (http, process);

    /// <summary>The most memory that the process ever had, in MiB (VmHWM of proc(5)).</summary>
    public double PeakMemory =>
        long.Parse(
            File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':', 'k')[1],
            NumberStyles.Integer, CultureInfo.InvariantCulture) / 1024.0;

    /// <param name="hub">Storage of the host.</param>
    /// <param name="records">Storage of the records: the same, or a proxy before it.</param>
    /// <param name="secrets">Folder.</param>
    public static async Task<Installation> StartAsync(string hub, string records, string secrets)
    {
        var port = Ports.Free();
        var folder = Path.Combine(Repository.Root, "functions", "App", "bin", "Release", "net10.0");
        var process = ServerProcess.Start("dotnet", [Path.Combine(folder, "LdapSync.App.dll")], folder, new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = hub,
            ["Records__ConnectionString"] = records,
            ["Records__TablePrefix"] = Prefix,
            ["Secrets__Folder"] = secrets,
            ["LocalRuntime__HubName"] = Prefix,
            ["LocalRuntime__Port"] = $"{port}",
            ["LocalRuntime__FunctionKey"] = Key,
            ["LocalRuntime__MasterKey"] = Key,
            ["SyncSchedule"] = "0 0 0 1 1 *",
            ["PurgeSchedule"] = "0 0 0 1 1 *",
            ["NotificationSchedule"] = "0 0 0 1 1 *",
            ["Logging__LogLevel__Default"] = "Warning",
        });
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Add("x-functions-key", Key);
        var installation = new Installation(http, process);
        await process.WaitUntilReadyAsync(installation.IsReadyAsync, TimeSpan.FromMinutes(3));
        return installation;
    }

    public async Task ConfigureAsync(Slapd slapd, BenchOptions options)
    {
        foreach (var name in BenchDirectory.Companies)
        {
            await SendAsync(HttpMethod.Post, "api/accounts", new JsonObject { ["name"] = name });
        }

        foreach (var name in BenchDirectory.Titles)
        {
            await SendAsync(HttpMethod.Post, "api/job-titles", new JsonObject { ["name"] = name });
        }

        await SendAsync(HttpMethod.Put, $"api/directories/{Directory}/settings?start=false", Settings(slapd, options));
        for (var group = 0; group < options.Roles; group++)
        {
            await SendAsync(HttpMethod.Post, "api/roles", new JsonObject
            {
                ["name"] = $"Role of {BenchDirectory.GroupName(group)}",
                ["kind"] = "functional",
                ["directoryId"] = Directory,
                ["groupId"] = BenchDirectory.GroupId(group),
            });
        }
    }

    private static JsonObject Settings(Slapd slapd, BenchOptions options) => new()
    {
        ["preset"] = "openLdap",
        ["connection"] = new JsonObject
        {
            ["serverName"] = $"localhost:{slapd.TlsPort}",
            ["security"] = "ldaps",
            ["trustedCertificates"] = slapd.Authority.Pem,
            ["administratorLogin"] = Slapd.ReaderName,
            ["password"] = Slapd.ReaderPassword,
            ["timeoutSeconds"] = 60,
        },
        ["schedule"] = new JsonObject { ["intervalHours"] = 0 },
        ["users"] = new JsonObject { ["searchBase"] = $"ou=people,{Slapd.Suffix}" },
        ["groups"] = new JsonObject { ["searchBase"] = $"ou=groups,{Slapd.Suffix}", ["membership"] = "member" },
        ["options"] = new JsonObject
        {
            // Everybody is imported, in a group or not.
            ["importScope"] = options.Everybody ? "linkedGroups" : "all",
            ["synchronizeOnlyGroups"] = options.Everybody,
            ["removalLimits"] = new JsonObject { ["deactivations"] = null, ["deactivationsPercent"] = 50, ["roleRemovals"] = null, ["roleRemovalsPercent"] = 50 },
        },
    };

    /// <summary>Runs to its end; one that does not complete is an error.</summary>
    /// <returns>Null: there is no such mode.</returns>
    public async Task<TimedRun?> TryRunAsync(string mode)
    {
        while (true)
        {
            var clock = Stopwatch.StartNew();
            using var answer = await http.PostAsJsonAsync(new Uri($"api/directories/{Directory}/sync", UriKind.Relative), new JsonObject { ["mode"] = mode });
            if (answer.StatusCode == HttpStatusCode.BadRequest)
            {
                return null;
            }

            var body = await ReadAsync(answer);
            if ((bool?)body["started"] != false && (string?)body["runId"] is { Length: > 0 } runId)
            {
                return await EndOfAsync(runId, clock);
            }

            // The orchestration of the run before is still putting its things away.
            await Task.Delay(20);
        }
    }

    public async Task<TimedRun> RunAsync(string mode) =>
        await TryRunAsync(mode) ?? throw new InvalidOperationException($"The app refuses mode {mode}.");

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        http.Dispose();
    }

    private async Task<TimedRun> EndOfAsync(string runId, Stopwatch clock)
    {
        while (true)
        {
            var run = await GetAsync($"api/runs/{runId}");
            if (run["finished"] is not null)
            {
                var timed = new TimedRun(clock.Elapsed.TotalSeconds, run);
                return (string?)run["status"] == "completed" ? timed
                    : throw new InvalidOperationException($"The run ended as {run["status"]}: {run["error"]} {run["warnings"]}\n{process.Output}");
            }

            if (clock.Elapsed > TimeSpan.FromHours(1) || process.HasExited)
            {
                throw new InvalidOperationException($"The run did not end in an hour, or the app ended:\n{run}\n{process.Output}");
            }

            // Each question is three requests to the storage that the run works with.
            await Task.Delay(clock.Elapsed < TimeSpan.FromSeconds(1) ? 20 : clock.Elapsed < TimeSpan.FromSeconds(10) ? 50 : 200);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("api/health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        return await ReadAsync(answer);
    }

    private async Task SendAsync(HttpMethod method, string path, JsonNode body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        using var answer = await http.SendAsync(request);
        await ReadAsync(answer);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text.Length == 0 ? "{}" : text)!
            : throw new InvalidOperationException($"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {text}");
    }
}
