using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace LdapSync.App.Tests.Users;

/// <summary>The queue of collisions (U5), and its answers over several runs.</summary>
public sealed class CollisionTests(Emulator emulator) : IClassFixture<Emulator>
{
    private const string Queue = $"api/directories/{Api.Directory}/collisions";

    [Theory]
    [InlineData("full")]
    [InlineData("changed")]
    [Trait("Rule", "U9")]
    [Trait("Rule", "U5")]
    public async Task Unbind_ImportedUserOfALinkedGroup_IsLeftAloneAndTheDirectoryUserIsInTheQueue(string mode)
    {
        await using var app = await StartAsync();
        await app.CompleteAsync();
        var anna = (await app.UsersAsync())["anna"];
        await app.SendAsync(HttpMethod.Post, $"api/users/{anna["id"]}/unbind");

        for (var time = 0; time < 2; time++)
        {
            app.Storage.Reset();
            var run = await app.CompleteAsync(mode);

            Assert.Equal((0, 1), ((int)run["totals"]!["conflicts"]!, (int)run["totals"]!["collisions"]!));
            Assert.Empty(await app.ChangesAsync(run));
            Assert.Equal(0, app.RecordWrites);
        }

        var collision = Assert.Single(await app.ItemsAsync(Queue));
        Assert.Equal(("unbound", (string?)anna["id"]), ((string?)collision["kind"], (string?)collision["holder"]!["id"]));
        var user = await app.GetAsync($"api/users/{anna["id"]}");
        Assert.True((bool)user["active"]! && !(bool)user["canSignIn"]!);
        var member = (await app.ItemsAsync("api/roles/staff/members")).Single(one => (string?)one["login"] == "anna");
        Assert.False((bool)member["fromDirectory"]!);

        // The watermark moves: who is renamed now is found by the next run in mode changed.
        await app.Slapd.ModifyAsync(People.Replacing("ben", "cn", "Ben Bauer"));
        await app.CompleteAsync("changed");
        Assert.Equal("Ben Bauer", (string?)(await app.UsersAsync())["ben"]["fullName"]);

        await AnswerAsync(app, collision, new JsonObject { ["answer"] = "link" });
        await app.CompleteAsync(mode);
        Assert.Equal("anna", (string?)(await app.GetAsync($"api/users/{anna["id"]}"))["login"]);
        Assert.Empty(await app.ItemsAsync(Queue));
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Answer_Link_BindsTheUserInTheWay()
    {
        await using var app = await StartAsync();
        var byHand = await ByHandAsync(app, "ANNA");
        await app.CompleteAsync();
        var collision = Assert.Single(await app.ItemsAsync(Queue));
        Assert.Equal(("taken", "anna", byHand), ((string?)collision["kind"], (string?)collision["login"], (string?)collision["holder"]!["id"]));
        Assert.Equal(["link", "keepApart", "ignore"], collision["choices"]!.AsArray().Select(choice => (string?)choice));

        var other = await ByHandAsync(app, "guest");
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, Answer(collision), new JsonObject { ["answer"] = "link", ["userId"] = other });
        var answered = await AnswerAsync(app, collision, new JsonObject { ["answer"] = "link" });
        Assert.Equal(("link", byHand), ((string?)answered["answer"]!["kind"], (string?)answered["answer"]!["userId"]));
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, Answer(collision), new JsonObject { ["answer"] = "ignore" });

        var run = await app.CompleteAsync();

        Assert.Equal(0, (int)run["totals"]!["collisions"]!);
        var user = await app.GetAsync($"api/users/{byHand}");
        Assert.Equal(("anna", "Anna Adler"), ((string?)user["login"], (string?)user["fullName"]));
        Assert.Equal(["anna", "ben", "chloe"], await app.MembersAsync("staff"));
        app.Storage.Reset();
        await app.CompleteAsync();
        Assert.Equal(0, app.RecordWrites);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Answer_KeepApart_GivesTheDirectoryUserItsOwnLoginForGood()
    {
        await using var app = await StartAsync();
        var byHand = await ByHandAsync(app, "anna");
        await app.CompleteAsync();
        var collision = Assert.Single(await app.ItemsAsync(Queue));
        await RefusedAsync(422, null);
        await RefusedAsync(422, "ANNA");
        await RefusedAsync(422, "an\u0001na");
        await RefusedAsync(422, new string('x', 10_000));
        await RefusedAsync(409, "ben");

        await AnswerAsync(app, collision, new JsonObject { ["answer"] = "keepApart", ["login"] = "anna.a" });
        for (var time = 0; time < 2; time++)
        {
            var run = await app.CompleteAsync();

            Assert.Equal((0, 0), ((int)run["totals"]!["collisions"]!, (int)run["totals"]!["conflicts"]!));
            var users = await app.UsersAsync();
            Assert.Equal(["anna", "anna.a", "ben", "chloe"], users.Keys.Order(StringComparer.Ordinal));
            Assert.Equal((byHand, null), ((string?)users["anna"]["id"], (string?)users["anna"]["ldapId"]));
            Assert.Equal(("Anna Adler", true), ((string?)users["anna.a"]["fullName"], (bool)users["anna.a"]["canSignIn"]!));
            Assert.Equal(["anna.a", "ben", "chloe"], await app.MembersAsync("staff"));
        }

        app.Storage.Reset();
        await app.CompleteAsync("changed");
        Assert.Equal(0, app.RecordWrites);

        // The answer was about this login: with another one the directory user follows the directory again (U2).
        await app.Slapd.ModifyAsync($"dn: {People.Name("anna")}\nchangetype: modrdn\nnewrdn: uid=annika\ndeleteoldrdn: 1\n\n");
        await app.CompleteAsync();
        Assert.Equal(["anna", "annika", "ben", "chloe"], (await app.UsersAsync()).Keys.Order(StringComparer.Ordinal));

        async Task RefusedAsync(int status, string? login)
        {
            var body = new JsonObject { ["answer"] = "keepApart", ["login"] = login };
            var problem = await app.ProblemAsync((HttpStatusCode)status, HttpMethod.Post, Answer(collision), body);
            Assert.Equal(["login"], problem["errors"]!.AsObject().Select(error => error.Key));
        }
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Answer_Ignore_KeepsTheDirectoryUserOutUntilItIsTakenBack()
    {
        await using var app = await StartAsync();
        await ByHandAsync(app, "anna");
        await app.CompleteAsync();
        var collision = Assert.Single(await app.ItemsAsync(Queue));
        await AnswerAsync(app, collision, new JsonObject { ["answer"] = "ignore" });

        foreach (var mode in new[] { "full", "changed" })
        {
            var run = await app.CompleteAsync(mode);
            Assert.Equal(0, (int)run["totals"]!["collisions"]!);
            Assert.DoesNotContain(await app.ItemsAsync($"api/runs/{run["id"]}/notes"), note => (string?)note["rule"] == "U5");
            Assert.Empty(await app.ItemsAsync(Queue));
            Assert.Equal("ignore", (string?)Assert.Single(await app.ItemsAsync($"{Queue}?state=answered"))["answer"]!["kind"]);
        }

        await app.SendAsync(HttpMethod.Delete, Answer(collision));
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Delete, Answer(collision));
        Assert.Equal(1, (int)(await app.CompleteAsync())["totals"]!["collisions"]!);
        Assert.Single(await app.ItemsAsync(Queue));
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Queue_SettledByARenameByHand_IsEmptyAfterTheNextRun()
    {
        await using var app = await StartAsync();
        var byHand = await ByHandAsync(app, "anna");
        await app.CompleteAsync();
        var collision = Assert.Single(await app.ItemsAsync(Queue));

        await app.SendAsync(HttpMethod.Put, $"api/users/{byHand}", new JsonObject { ["login"] = "anna.old", ["fullName"] = "Another Anna" });
        await app.CompleteAsync();

        Assert.Empty(await app.ItemsAsync($"{Queue}?state=all"));
        Assert.Equal(["anna", "anna.old", "ben", "chloe"], (await app.UsersAsync()).Keys.Order(StringComparer.Ordinal));
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Post, Answer(collision), new JsonObject { ["answer"] = "ignore" });
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Queue_RenameToATakenLogin_CanBeKeptApartButNotLinked()
    {
        await using var app = await StartAsync();
        await app.CompleteAsync();
        await ByHandAsync(app, "bert");
        await app.Slapd.ModifyAsync($"dn: {People.Name("ben")}\nchangetype: modrdn\nnewrdn: uid=bert\ndeleteoldrdn: 1\n\n");
        await app.CompleteAsync("changed");
        var collision = Assert.Single(await app.ItemsAsync(Queue));
        Assert.Equal((string?)(await app.UsersAsync())["ben"]["id"], (string?)collision["linkedUserId"]);
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, Answer(collision), new JsonObject { ["answer"] = "link" });

        await AnswerAsync(app, collision, new JsonObject { ["answer"] = "keepApart", ["login"] = "bert.b" });
        await app.CompleteAsync("changed");

        Assert.Equal(["anna", "bert", "bert.b", "chloe"], (await app.UsersAsync()).Keys.Order(StringComparer.Ordinal));
        Assert.Empty(await app.ItemsAsync(Queue));
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Answer_WhatIsNotThereAnyMore_IsRefused()
    {
        await using var app = await StartAsync();
        await ByHandAsync(app, "anna");
        await app.CompleteAsync();
        var collision = Assert.Single(await app.ItemsAsync(Queue));

        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"{Queue}/{new string('0', 32)}/answer", new JsonObject { ["answer"] = "ignore" });
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"{Queue}/nonsense/answer", new JsonObject { ["answer"] = "ignore" });
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "api/directories/nowhere/collisions");
        await app.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Post, Answer(collision), new JsonObject { ["answer"] = "perhaps" });
        await app.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"{Queue}?state=maybe");
        await app.Slapd.ModifyAsync(People.Deleting("anna"));
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, Answer(collision), new JsonObject { ["answer"] = "link" });
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, Answer(collision), new JsonObject { ["answer"] = "keepApart", ["login"] = "anna.a" });
        Assert.Null(Assert.Single(await app.ItemsAsync(Queue))["answer"]);
    }

    private static string Answer(JsonNode collision) => $"{Queue}/{collision["id"]}/answer";

    private static Task<JsonNode> AnswerAsync(Installation app, JsonNode collision, JsonObject body) => app.SendAsync(HttpMethod.Post, Answer(collision), body);

    private static async Task<string> ByHandAsync(Installation app, string login) =>
        (string)(await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = login, ["fullName"] = "By hand" }))["id"]!;

    private async Task<Installation> StartAsync()
    {
        var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        return app;
    }
}
