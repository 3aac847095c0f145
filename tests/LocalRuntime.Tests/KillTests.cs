using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

/// <summary>The sample app as a process of its own, ended by SIGKILL in the middle.</summary>
public sealed class KillTests(Storage storage)
{
    private const int Steps = 12;

    [Fact]
    public async Task Process_KilledAgainAndAgain_FinishesWithEveryEffect()
    {
        using var folder = Repository.NewFolder("kill");
        var lines = Path.Combine(folder.Path, "lines");
        await File.WriteAllTextAsync(lines, "", TestContext.Current.CancellationToken);
        var hub = Storage.NewHub();
        for (var life = 0; life < 4; life++)
        {
            var (process, http) = await StartAsync(hub, lines, folder.Path);
            await using var running = process;
            using var client = http;
            if (life == 0)
            {
                using var begun = await http.PostAsync($"api/begin/one/{Steps}", null, TestContext.Current.CancellationToken);
                begun.EnsureSuccessStatusCode();
            }

            // Let it do some more work, then end it in mid step.
            var goal = CountLines(lines) + 15;
            await process.WaitUntilReadyAsync(() => Task.FromResult(CountLines(lines) >= Math.Min(goal, Steps * 7)));
            process.Kill();
        }

        var (last, final) = await StartAsync(hub, lines, folder.Path);
        await using var stop = last;
        using var finalClient = final;
        await UntilAsync(final, "one-inside", status => (string)status["runtimeStatus"]! == "Running" && CountLines(lines) >= Steps * 7);
        using var raised = await final.PostAsJsonAsync("runtime/webhooks/durabletask/instances/one-inside/raiseEvent/more", 1000, TestContext.Current.CancellationToken);
        raised.EnsureSuccessStatusCode();
        var ended = await UntilAsync(final, "one", status => (string)status["runtimeStatus"]! is not ("Running" or "Pending"));
        Assert.Equal("Completed", (string)ended["runtimeStatus"]!);
        Assert.Equal((Steps * 7) + 1000, (int)ended["output"]!);
        var expected = Enumerable.Range(0, Steps).SelectMany(s => Enumerable.Range(0, 5).Select(i => $"s{s}p{i}").Append($"s{s}").Append($"i{s}"));
        Assert.Equal(expected.Order(), (await File.ReadAllLinesAsync(lines, TestContext.Current.CancellationToken)).Distinct().Order());
    }

    private static int CountLines(string file) => File.ReadAllText(file).Count(c => c == '\n');

    private async Task<(ServerProcess Process, HttpClient Http)> StartAsync(string hub, string lines, string folder)
    {
        var port = Ports.Free();
        var program = Path.Combine(AppContext.BaseDirectory, "LdapSync.LocalRuntime.SampleApp.dll");
        var process = ServerProcess.Start("dotnet", [program, "--port", $"{port}"], folder, new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["LocalRuntime__HubName"] = hub,
            ["LocalRuntime__MasterKey"] = "m",
            ["LocalRuntime__FunctionKey"] = "f",
            ["Lines"] = lines,
        });
        await process.WaitForPortAsync(port);
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        http.DefaultRequestHeaders.Add("x-functions-key", "m");
        return (process, http);
    }

    private static async Task<JsonObject> UntilAsync(HttpClient http, string id, Func<JsonObject, bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            using var answer = await http.GetAsync($"runtime/webhooks/durabletask/instances/{id}", limit.Token);
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync<JsonObject>(limit.Token) is { } status && isSo(status))
            {
                return status;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
