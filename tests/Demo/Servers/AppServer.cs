using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LdapSync.TestBed;

namespace LdapSync.Demo.Servers;

/// <summary>LdapSync itself: the built app in the local runtime, a process of its own.</summary>
internal sealed class AppServer : IAsyncDisposable
{
    private readonly ServerProcess process;

    private AppServer(ServerProcess process, string url, string functionKey, string pagesKey)
    {
        this.process = process;
        Url = url;
        FunctionKey = functionKey;
        PagesKey = pagesKey;
    }

    public string Url { get; }

    public string FunctionKey { get; }

    /// <summary>Signs in to the admin pages.</summary>
    public string PagesKey { get; }

    public static async Task<AppServer> StartAsync(string storage)
    {
        var port = Ports.Free();
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var pagesKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var environment = new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = storage,
            ["SyncSchedule"] = "0 */5 * * * *",
            ["PurgeSchedule"] = "0 30 3 * * *",
            ["NotificationSchedule"] = "*/2 * * * * *",
            ["Records__ConnectionString"] = storage,
            ["Records__TablePrefix"] = "demo",
            ["SyncSchedule"] = "0 */5 * * * *",
            ["PurgeSchedule"] = "0 30 3 * * *",
            ["Secrets__Folder"] = RunFolder.Secrets,
            ["LocalRuntime__KeysFolder"] = RunFolder.Keys,
            ["AdminPages__Key"] = pagesKey,
        };

        // Through a shell, so that the log is a file: it is there to read after a failure and while the demo is kept.
        var process = ServerProcess.Start(
            "sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", RunFolder.AppLog, "dotnet", Program, "--port", $"{port}"],
            Path.GetDirectoryName(Program), environment);
        using var http = new HttpClient();
        await process.WaitUntilReadyAsync(async () =>
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"{url}/api/health"));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return new(process, url, await ReadKeyAsync(), pagesKey);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    // Built in the same configuration as the demo: bin/<configuration>/<framework>/.
    private static string Program
    {
        get
        {
            var framework = new DirectoryInfo(AppContext.BaseDirectory);
            var program = Path.Combine(
                Repository.Root, "functions", "App", "bin", framework.Parent!.Name, framework.Name, "LdapSync.App.dll");
            return File.Exists(program) ? program : throw new FileNotFoundException($"There is no {program}: run './dev build'.");
        }
    }

    private static async Task<string> ReadKeyAsync()
    {
        var keys = JsonNode.Parse(await File.ReadAllTextAsync(RunFolder.KeysFile));
        return (string?)keys?["Function"] ?? throw new InvalidDataException($"{RunFolder.KeysFile} has no key named Function.");
    }
}
