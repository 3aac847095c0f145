using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>A run is taken back by a run of its own: records are as before, save what was changed since.</summary>
public sealed class UndoTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "G2")]
    public async Task Undo_AfterARun_RestoresTheRecordsAndPausesTheSchedule()
    {
        await using var app = await StartAsync(People.Few());
        await app.CompleteAsync();
        var before = await DumpAsync(app);
        await app.Slapd.ModifyAsync(
            People.Replacing("anna", "mail", "anna.new@example.test") + People.Leaving("staff", "chloe") + People.Deleting("dora")
            + People.Adding("nora", "Nora New") + People.Joining("staff", "nora")
            + $"dn: {People.GroupName("project")}\nchangetype: modrdn\nnewrdn: cn=venture\ndeleteoldrdn: 1\n\n");
        var run = await app.CompleteAsync();
        Assert.True((int)run["totals"]!["applied"]! > 4, run.ToJsonString());
        Assert.NotEqual(before, await DumpAsync(app));

        var preview = await UndoAsync(app, run, dryRun: true);
        Assert.Equal((int)run["totals"]!["applied"]!, (await app.ItemsAsync($"api/runs/{preview["id"]}/changes")).Select(change => $"{change["object"]} {change["id"]} {change["action"]} {((string?)change["object"] == "member" ? change["field"] : "")}").Distinct().Count());
        Assert.False((bool)(await app.GetAsync($"api/directories/{Api.Directory}/settings"))["schedule"]!["paused"]!);

        var undone = await UndoAsync(app, run);
        Assert.Equal("completed", (string?)undone["status"]);
        Assert.Equal(before, await DumpAsync(app));
        Assert.Equal((string?)run["id"], (string?)undone["undoOf"]);
        Assert.True((bool)(await app.GetAsync($"api/directories/{Api.Directory}/settings"))["schedule"]!["paused"]!);
        Assert.Contains(undone["warnings"]!.AsArray(), warning => ((string)warning!).Contains("paused", StringComparison.Ordinal));

        // What is taken back can be done again by hand: by a synchronization, the same as the first time.
        var again = await app.CompleteAsync();
        Assert.Equal((int)run["totals"]!["applied"]!, (int)again["totals"]!["applied"]!);
    }

    [Fact]
    public async Task Undo_RecordsChangedSince_SkipsThemAndSaysSo()
    {
        await using var app = await StartAsync(People.Few());
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Replacing("anna", "mail", "anna.new@example.test") + People.Replacing("ben", "mail", "ben.new@example.test"));
        var run = await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Replacing("anna", "mail", "anna.newest@example.test"));
        await app.CompleteAsync();

        var undone = await UndoAsync(app, run);

        var users = await app.UsersAsync();
        Assert.Equal(("anna.newest@example.test", "ben@example.test"), ((string?)users["anna"]["email"], (string?)users["ben"]["email"]));
        var note = Assert.Single(await app.ItemsAsync($"api/runs/{undone["id"]}/notes"), note => (string?)note["kind"] == "undoSkipped");
        Assert.Equal("anna", (string?)note["subject"]);
        Assert.Contains("email", (string?)note["message"], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "G2")]
    public async Task Undo_OfAnImportOverTheLimit_WaitsForApprovalAndRemovesTheUsers()
    {
        var people = new People().Crowd(30);
        people.Group("staff", [.. people.Logins]);
        await using var app = await StartAsync(people, "staff");
        var run = await app.CompleteAsync();

        var started = await app.SendAsync(HttpMethod.Post, $"api/runs/{run["id"]}/undo");
        var waiting = await app.WhenAsync((string)started["runId"]!, "waitingForApproval");
        Assert.Equal(30, (int)waiting["totals"]!["removed"]!);
        Assert.NotNull(waiting["approvalDeadline"]);
        await ApproveAsync(app, waiting);
        var undone = await app.EndOfAsync((string)started["runId"]!);

        Assert.Equal("completed", (string?)undone["status"]);
        Assert.NotNull(undone["decidedAt"]);
        Assert.Empty(await app.UsersAsync());
        Assert.Empty(await app.MembersAsync("staff"));
        Assert.Equal(30, (int)(await app.CompleteAsync())["totals"]!["created"]!);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Undo_OfALoginThatANewUserGot_GivesItBack()
    {
        await using var app = await StartAsync(People.Few());
        await app.CompleteAsync();
        var before = await DumpAsync(app);
        await app.Slapd.ModifyAsync(
            $"dn: {People.Name("anna")}\nchangetype: modrdn\nnewrdn: uid=annika\ndeleteoldrdn: 1\n\n" + People.Adding("anna", "Anna New") + People.Joining("staff", "anna"));
        var run = await app.CompleteAsync();
        Assert.Equal((1, 1), ((int)run["totals"]!["created"]!, (int)run["totals"]!["updated"]!));

        var undone = await UndoAsync(app, run);

        Assert.Equal(("completed", 0), ((string?)undone["status"], (int)undone["totals"]!["collisions"]!));
        Assert.Equal(before, await DumpAsync(app));
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, "api/users", new JsonObject { ["login"] = "anna", ["fullName"] = "By Hand" });
    }

    [Fact]
    public async Task Undo_WhatHasAppliedNothing_IsRefused()
    {
        await using var app = await StartAsync(People.Few());
        var preview = await app.CompleteAsync(dryRun: true);

        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"api/runs/{preview["id"]}/undo");
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Post, "api/runs/example.0123456789abcdef/undo");
        var problem = await app.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Post, $"api/runs/{preview["id"]}/undo", new JsonObject { ["dryrun2"] = true });
        Assert.NotNull(problem["errors"]!["dryrun2"]);
    }

    private async Task<Installation> StartAsync(People people, params string[] groups)
    {
        var app = await Installation.StartAsync(emulator, people);
        await app.ConfigureAsync(body => body["options"] = new JsonObject { ["synchronizeOnlyGroups"] = true });
        await app.LinkAsync(groups.Length == 0 ? ["staff", "project"] : groups);
        return app;
    }

    private static async Task<JsonNode> UndoAsync(Installation app, JsonNode run, bool dryRun = false)
    {
        var started = await app.SendAsync(HttpMethod.Post, $"api/runs/{run["id"]}/undo", new JsonObject { ["dryRun"] = dryRun });
        return await app.EndOfAsync((string)started["runId"]!);
    }

    private static async Task ApproveAsync(Installation app, JsonNode waiting) =>
        await app.SendAsync(HttpMethod.Post, $"api/runs/{waiting["id"]}/approve", new JsonObject { ["planHash"] = (string?)waiting["planHash"] });

    /// <summary>All users, roles and members, as text.</summary>
    private static async Task<string> DumpAsync(Installation app)
    {
        var users = (await app.UsersAsync()).OrderBy(user => user.Key, StringComparer.Ordinal).Select(user => user.Value.ToJsonString());
        var roles = await app.ItemsAsync("api/roles");
        var members = new List<string>();
        foreach (var role in roles)
        {
            members.AddRange((await app.ItemsAsync($"api/roles/{role["id"]}/members?pageSize=1000")).Select(member => $"{role["id"]} {member.ToJsonString()}"));
        }

        return string.Join('\n', users.Concat(roles.Select(role => role.ToJsonString())).Concat(members));
    }
}
