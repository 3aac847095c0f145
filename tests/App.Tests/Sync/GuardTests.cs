using System.Net;
using System.Text.Json.Nodes;
using LdapSync.App.Sync;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>Rule G2: a plan over the limits waits for a person.</summary>
public sealed class GuardTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Theory]
    [Trait("Rule", "G2")]
    [InlineData("approve", "completed", 7)]
    [InlineData("reject", "rejected", 30)]
    public async Task Run_OverTheLimit_AppliesNothingUntilDecided(string decision, string status, int activeAfterwards)
    {
        var people = new People().Crowd(30);
        people.Group("staff", [.. people.Logins]);
        await using var app = await Installation.StartAsync(emulator, people);
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(string.Concat(people.Logins.Take(23).Select(People.Deleting)));
        app.Storage.Reset();

        var runId = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Installation.Directory}/sync"))["runId"]!;
        var waiting = await WaitingAsync(app, runId);
        Assert.Equal(23, (int)waiting["totals"]!["deactivated"]!);
        Assert.Equal(0, app.RecordWrites);
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"api/runs/{runId}/approve", new JsonObject { ["planHash"] = "0123" });

        await app.SendAsync(HttpMethod.Post, $"api/runs/{runId}/{decision}", new JsonObject { ["planHash"] = (string?)waiting["planHash"] });
        var run = await app.EndOfAsync(runId);

        Assert.Equal(status, (string?)run["status"]);
        Assert.Equal(activeAfterwards, (await app.UsersAsync()).Values.Count(user => (bool)user["active"]!));
    }

    [Fact]
    public async Task Cancel_WhileWaiting_EndsTheRunWithoutApplying()
    {
        var people = new People().Crowd(30);
        people.Group("staff", [.. people.Logins]);
        await using var app = await Installation.StartAsync(emulator, people);
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(string.Concat(people.Logins.Take(20).Select(People.Deleting)));
        app.Storage.Reset();
        var runId = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Installation.Directory}/sync"))["runId"]!;
        await WaitingAsync(app, runId);

        var second = await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"api/directories/{Installation.Directory}/sync");
        Assert.Equal(runId, (string?)second["runId"]);
        await app.SendAsync(HttpMethod.Post, $"api/runs/{runId}/cancel");
        var run = await app.EndOfAsync(runId);

        Assert.Equal("cancelled", (string?)run["status"]);
        Assert.Equal(0, app.RecordWrites);
    }

    [Fact]
    [Trait("Rule", "G2")]
    public async Task Approve_RecordsChangedMeanwhile_AppliesNothingAndAsksAgain()
    {
        var people = new People().Crowd(30);
        people.Group("staff", [.. people.Logins]);
        await using var app = await Installation.StartAsync(emulator, people);
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(string.Concat(people.Logins.Take(20).Select(People.Deleting)));
        var runId = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Installation.Directory}/sync"))["runId"]!;
        var first = await WaitingAsync(app, runId);

        // One of those who would be deactivated is protected by hand while the plan waits.
        var user = (await app.UsersAsync())["p001"];
        await app.SendAsync(HttpMethod.Put, $"api/users/{user["id"]}/protection", new JsonObject { ["protected"] = true });
        await app.SendAsync(HttpMethod.Post, $"api/runs/{runId}/approve", new JsonObject { ["planHash"] = (string?)first["planHash"] });
        var second = await WaitingAsync(app, runId, (string?)first["planHash"]);

        Assert.Equal(19, (int)second["totals"]!["deactivated"]!);
        Assert.Contains(second["warnings"]!.AsArray(), warning => ((string)warning!).Contains("changed", StringComparison.Ordinal));
        Assert.Equal(30, (await app.UsersAsync()).Values.Count(user => (bool)user["active"]!));
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"api/runs/{runId}/approve", new JsonObject { ["planHash"] = (string?)first["planHash"] });

        await app.SendAsync(HttpMethod.Post, $"api/runs/{runId}/approve", new JsonObject { ["planHash"] = (string?)second["planHash"] });
        var run = await app.EndOfAsync(runId);
        Assert.Equal("completed", (string?)run["status"]);
        Assert.Equal(11, (await app.UsersAsync()).Values.Count(user => (bool)user["active"]!));
    }

    private static async Task<JsonNode> WaitingAsync(Installation app, string runId, string? otherThan = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            var run = await app.GetAsync($"api/runs/{runId}");
            if ((string?)run["status"] == "waitingForApproval" && (string?)run["planHash"] != otherThan
                && (await app.Host.Client.GetInstanceAsync(SynchronizeUserData.InstanceId(runId), true, limit.Token))?.ReadCustomStatusAs<SyncStatus>()?.Phase == "waitingForApproval")
            {
                return run;
            }

            Assert.False((string?)run["status"] is "failed" or "completed", run.ToJsonString());
            await Task.Delay(50, limit.Token);
        }
    }
}
