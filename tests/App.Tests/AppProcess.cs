using System.Globalization;
using LdapSync.TestBed;

namespace LdapSync.App.Tests;

/// <summary>The app as a process of its own, which can be killed and started again.</summary>
internal sealed class AppProcess : Api, IAsyncDisposable
{
    private const string Key = "a-key-for-this-test";

    private readonly Dictionary<string, string> environment;
    private ServerProcess process;

    private AppProcess(HttpClient http, Slapd slapd, ServerProcess process, Dictionary<string, string> environment)
        : base(http, slapd) => (this.process, this.environment) = (process, environment);

    /// <summary>The most memory that the process ever had, in MiB (VmHWM of proc(5)).</summary>
    public double PeakMemory =>
        long.Parse(
            File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':', 'k')[1],
            NumberStyles.Integer,
            CultureInfo.InvariantCulture) / 1024.0;

    public override string ServerOutput => process.Output;

    public static async Task<AppProcess> StartAsync(Slapd slapd, string hub, string storage, string prefix, TemporaryFolder secrets)
    {
        var port = Ports.Free();
        var environment = Installation.Settings(hub, storage, prefix, secrets.Path, port).ToDictionary(setting => setting.Key, setting => setting.Value!);
        environment["LocalRuntime__FunctionKey"] = Key;
        environment["LocalRuntime__MasterKey"] = Key;
        var http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")) };
        http.DefaultRequestHeaders.Add("x-functions-key", Key);
        var app = new AppProcess(http, slapd, Launch(environment), environment);
        await app.ReadyAsync();
        return app;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync() => await process.DisposeAsync();

    public async Task StartAgainAsync()
    {
        process = Launch(environment);
        await ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Http.Dispose();
    }

    private static ServerProcess Launch(Dictionary<string, string> environment) => ServerProcess.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "LdapSync.App.dll")], AppContext.BaseDirectory, environment);

    private Task ReadyAsync() => process.WaitUntilReadyAsync(async () =>
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("api/health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });
}
