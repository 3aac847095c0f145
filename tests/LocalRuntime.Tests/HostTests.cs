using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LdapSync.LocalRuntime.Testing;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

public sealed class HostTests(Storage storage) : IAsyncLifetime
{
    private static readonly Type[] Functions = [typeof(HostFunctions), typeof(OrchestrationFunctions)];
    private readonly Journal journal = new();
    private FunctionsTestHost host = null!;
    private HttpClient bare = null!;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    public async ValueTask InitializeAsync()
    {
        host = await StartAsync(Storage.NewHub());
        bare = new HttpClient { BaseAddress = host.BaseAddress };
    }

    public async ValueTask DisposeAsync()
    {
        bare.Dispose();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("api/open/17?q=x", HttpStatusCode.OK, "{\"theId\":17,\"query\":\"x\"}")]
    [InlineData("api/open/seventeen", HttpStatusCode.NotFound, "")]
    [InlineData("api/rest/a/b", HttpStatusCode.OK, "GET a/b")]
    [InlineData("api/rest", HttpStatusCode.OK, "GET ")]
    [InlineData("api/Broken", HttpStatusCode.InternalServerError, "")]
    [InlineData("api/Stream", HttpStatusCode.OK, "from Stream GET")]
    public async Task Request_ToAnAnonymousFunction_IsAnswered(string path, HttpStatusCode status, string body)
    {
        using var answer = await bare.GetAsync(path, Limit);
        Assert.Equal((status, body), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Limit)));
    }

    /// <summary>As the Functions host does: it looks at the route without the prefix.</summary>
    [Fact]
    public async Task Route_ThatBeginsWithAdmin_IsRefusedAtTheStart()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => FunctionsTestHost.StartAsync(
            [typeof(ReservedFunctions)], new Dictionary<string, string?> { ["LocalRuntime:Port"] = $"{Ports.Free()}" }));
        Assert.Contains("'administration/users'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_AreAskedForByLevel()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("api/Keyed"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("api/Keyed?code=wrong"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"api/Keyed?code={host.FunctionKey}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"api/Keyed?code={host.MasterKey}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"api/MasterOnly?code={host.FunctionKey}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"api/MasterOnly?code={host.MasterKey}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("admin/host/status"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"admin/host/status?code={host.MasterKey}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"admin/functions?code={host.MasterKey}"));
        using var byHeader = await host.Http.GetAsync("api/Keyed", Limit);
        Assert.Equal(HttpStatusCode.OK, byHeader.StatusCode);
    }

    [Fact]
    public async Task DurableHooks_ShowAndSteerAnInstance()
    {
        var id = Guid.NewGuid();
        using var begun = await host.Http.PostAsync($"api/begin/{id}", null, Limit);
        var payload = (await begun.Content.ReadFromJsonAsync<JsonObject>(Limit))!;
        var statusAddress = (string)payload["statusQueryGetUri"]!;
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(statusAddress.Split('?')[0]));
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(statusAddress));
        var raise = ((string)payload["sendEventPostUri"]!).Replace("{eventName}", "Approve", StringComparison.Ordinal);
        using var raised = await bare.PostAsJsonAsync(raise, new Order(1, "by hook"), new System.Text.Json.JsonSerializerOptions(), Limit);
        Assert.Equal(HttpStatusCode.Accepted, raised.StatusCode);
        await host.Client.WaitForInstanceCompletionAsync($"{id}", Limit);
        var status = (await bare.GetFromJsonAsync<JsonObject>(statusAddress, Limit))!;
        Assert.Equal(("Completed", "by hook", "Waiting"), ((string)status["runtimeStatus"]!, (string)status["output"]!, (string)status["name"]!));
        using var again = await bare.PostAsJsonAsync(raise, 1, Limit);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        using var purged = await bare.DeleteAsync(statusAddress, Limit);
        Assert.Equal("{\"instancesDeleted\":1}", await purged.Content.ReadAsStringAsync(Limit));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(statusAddress));
    }

    [Fact]
    public async Task Timer_FiredByHand_Runs()
    {
        using var answer = await bare.PostAsJsonAsync($"admin/functions/Hourly?code={host.MasterKey}", new { }, Limit);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await UntilAsync(() => journal.Count("hourly pastDue=False monitored=False") == 1);
    }

    [Fact]
    public async Task Timer_MissedWhileTheHostWasDown_RunsAsPastDue()
    {
        var hub = Storage.NewHub();
        await (await StartAsync(hub)).DisposeAsync();
        await using var later = await StartAsync(hub, new Clock(TimeProvider.System.GetUtcNow().AddHours(2)));
        await UntilAsync(() => journal.Count("hourly pastDue=True monitored=True") == 1);
    }

    [Fact]
    public async Task Timer_ThatRunsOnStartup_Runs()
    {
        await using var other = await storage.StartAsync([typeof(StartupFunctions)], configure: builder => builder.Services.AddSingleton(journal));
        await UntilAsync(() => journal.Count("start monitored=False") == 1);
    }

    [Fact]
    public async Task Timer_WhoseSettingIsMissing_StopsTheStart()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => storage.StartAsync(Functions, configure: builder => builder.Services.AddSingleton(journal)));
        Assert.Contains("'Hourly'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'HourlySchedule'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeysFile_IsMadeOnceForItsOwnerOnly()
    {
        using var folder = Repository.NewFolder("keys");
        var keys = Path.Combine(folder.Path, "made");
        var settings = new Dictionary<string, string?> { ["LocalRuntime:KeysFolder"] = keys, ["LocalRuntime:MasterKey"] = null, ["LocalRuntime:FunctionKey"] = null };
        string first;
        await using (var one = await storage.StartAsync([typeof(ReservedRoute)], settings: settings))
        {
            first = one.MasterKey;
        }

        await using var two = await storage.StartAsync([typeof(ReservedRoute)], settings: settings);
        Assert.Equal(first, two.MasterKey);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(keys, "host.json")));
    }

    private Task<FunctionsTestHost> StartAsync(string hub, TimeProvider? clock = null) => storage.StartAsync(
        Functions,
        hub,
        new Dictionary<string, string?> { ["HourlySchedule"] = "0 0 * * * *" },
        builder =>
        {
            builder.Services.AddSingleton(journal);
            builder.Services.AddSingleton(clock ?? TimeProvider.System);
        });

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await bare.GetAsync(path, Limit);
        return answer.StatusCode;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var limit = Limit;
        while (!isSo())
        {
            await Task.Delay(10, limit);
        }
    }
}
