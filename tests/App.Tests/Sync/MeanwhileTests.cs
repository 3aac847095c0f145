using System.Net;
using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>What administrators do, or the directory has done, while a run is under way: it neither spoils the run nor is forgotten.</summary>
public sealed class MeanwhileTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "R3")]
    public async Task Link_BeforeTheGroupsAreRead_LeavesNoRoleOut()
    {
        await using var app = await StartAsync();
        await app.Slapd.ModifyAsync(People.Leaving("staff", "chloe") + People.Joining("staff", "emil"));
        var linked = app.Storage.Meanwhile(IsFirstStep, () => app.LinkAsync("extra"));

        await app.CompleteAsync();

        Assert.True(linked.IsCompletedSuccessfully);
        Assert.Equal(["anna", "ben", "emil"], await app.MembersAsync("staff"));
        Assert.Equal(["anna"], await app.MembersAsync("extra"));
        await SameAsFullAsync(app);
    }

    [Fact]
    [Trait("Rule", "R3")]
    public async Task Link_BeforeChangesAreRead_GivesNobodyAnotherRole()
    {
        await using var app = await StartAsync();
        await app.Slapd.ModifyAsync(People.Replacing("dora", "telephoneNumber", "+41 44 000 00 07"));
        var linked = app.Storage.Meanwhile(IsFirstStep, () => app.LinkAsync("extra"));

        var run = await app.CompleteAsync("delta");

        Assert.True(linked.IsCompletedSuccessfully);
        Assert.Equal(("changed", "delta"), ((string?)run["mode"], (string?)run["requestedMode"]));
        Assert.Equal(["ben", "dora"], await app.MembersAsync("project"));
        Assert.Equal(["anna"], await app.MembersAsync("extra"));
        await SameAsFullAsync(app);
    }

    [Fact]
    [Trait("Rule", "R7")]
    [Trait("Rule", "R5")]
    public async Task Group_MissingInOneRunAndBack_IsFollowedByChangesAgain()
    {
        await using var app = await Installation.StartAsync(emulator, Few());
        await using var proxy = new FaultProxy(app.Slapd.Port);
        await app.ConfigureAsync(body =>
        {
            body["connection"]!["serverName"] = $"localhost:{proxy.Port}";
            body["connection"]!["security"] = "none";
            body["connection"]!["allowClearText"] = true;
        });
        await app.LinkAsync("project");
        await app.CompleteAsync();
        proxy.Fault = request => request.Contains("ou=groups", StringComparison.Ordinal) ? SearchFault.Half : null;
        Assert.Equal(1, (int)(await app.CompleteAsync())["totals"]!["rolesMarked"]!);
        proxy.Fault = _ => null;

        await app.CompleteAsync("delta");
        await app.Slapd.ModifyAsync(People.Leaving("project", "ben"));
        var run = await app.CompleteAsync("delta");

        Assert.Equal("delta", (string?)run["mode"]);
        Assert.Equal(["dora"], await app.MembersAsync("project"));
        await SameAsFullAsync(app);
    }

    [Fact]
    [Trait("Rule", "S1")]
    public async Task Settings_SavedWhileARunReads_AreReadWithFromTheBeginning()
    {
        await using var app = await StartAsync();
        var saved = app.Storage.Meanwhile(IsFirstStep, () => app.ConfigureAsync(body => body["users"]!["login"] = "employeeNumber"));
        await app.CompleteAsync();
        Assert.True(saved.IsCompletedSuccessfully);
        Assert.Contains("anna", await app.MembersAsync("staff"));

        var run = await app.CompleteAsync("delta");

        Assert.Equal("full", (string?)run["mode"]);
        Assert.Equal(["n-anna", "n-ben", "n-chloe", "n-dora"], (await app.UsersAsync()).Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [Trait("Rule", "U5")]
    [InlineData("Users", "benno")]
    [InlineData("Members", "ben")]
    public async Task Run_ThatFailsWhileItApplies_LeavesNoLoginWithWhoDoesNotHaveIt(string table, string free)
    {
        await using var app = await StartAsync();
        await app.Slapd.ModifyAsync(Renaming("ben", "benno") + People.Leaving("staff", "anna"));
        await FailAsync(app, table);

        await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = free, ["fullName"] = "By Hand" });
        var kept = free == "ben" ? "benno" : "ben";
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, "api/users", new JsonObject { ["login"] = kept, ["fullName"] = "By Hand" });
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Run_ThatFailsBeforeItImports_TakesNoLogins()
    {
        await using var app = await StartAsync();
        await app.Slapd.ModifyAsync(People.Adding("nora", "Nora New", "employeeNumber: n-nora") + People.Joining("staff", "nora"));
        await FailAsync(app, "Users");

        var byHand = (string?)(await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "nora", ["fullName"] = "By Hand" }))["id"];

        Assert.Equal(1, (int)(await app.CompleteAsync())["totals"]!["collisions"]!);
        Assert.Equal(byHand, (string?)(await app.UsersAsync())["nora"]["id"]);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Run_ThatFailsAfterALoginChangedHands_GivesItBack()
    {
        await using var app = await StartAsync();
        await app.Slapd.ModifyAsync(Renaming("ben", "benno") + Renaming("anna", "ben"));
        await FailAsync(app, "Users");

        foreach (var login in new[] { "anna", "ben" })
        {
            await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, "api/users", new JsonObject { ["login"] = login, ["fullName"] = "By Hand" });
        }

        var run = await app.CompleteAsync();
        Assert.Equal((0, 0), ((int)run["totals"]!["conflicts"]!, (int)run["totals"]!["collisions"]!));
        var users = await app.UsersAsync();
        Assert.Equal(("Anna Adler", "Ben Becker"), ((string?)users["ben"]["fullName"], (string?)users["benno"]["fullName"]));
        await SameAsFullAsync(app);
    }

    private async Task<Installation> StartAsync(Action<JsonObject>? settings = null)
    {
        var app = await Installation.StartAsync(emulator, Few());
        await app.ConfigureAsync(settings);
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        return app;
    }

    private static People Few() => new People()
        .Person("anna", "Anna Adler", "employeeNumber: n-anna")
        .Person("ben", "Ben Becker", "employeeNumber: n-ben")
        .Person("chloe", "Chloe Costa", "employeeNumber: n-chloe")
        .Person("dora", "Dora Dupont", "employeeNumber: n-dora")
        .Person("emil", "Emil Evans", "employeeNumber: n-emil")
        .Group("staff", "anna", "ben", "chloe")
        .Group("project", "ben", "dora")
        .Group("extra", "anna");

    /// <summary>A run that can write all tables but one, at every attempt.</summary>
    private static async Task FailAsync(Installation app, string table)
    {
        app.Storage.FailNext(FailureMode.Forbidden, int.MaxValue, sent => TableProxy.WrittenBy(sent).Any(name => name.EndsWith(table, StringComparison.Ordinal)));
        var run = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/sync", new JsonObject { ["mode"] = "full" }))["runId"]!;
        Assert.Equal("failed", (string?)(await app.EndOfAsync(run))["status"]);
        Assert.True(app.Storage.Failed > 0);
        app.Storage.Reset();
    }

    /// <summary>The run is opened and its mode chosen; nothing has been read yet.</summary>
    private static bool IsFirstStep(HttpRequest request) => request.Method == "GET" && request.Path.Value!.Contains("read", StringComparison.Ordinal) && request.Path.Value.Contains("context", StringComparison.Ordinal);

    private static string Renaming(string login, string to) => $"dn: {People.Name(login)}\nchangetype: modrdn\nnewrdn: uid={to}\ndeleteoldrdn: 1\n\n";

    private static async Task SameAsFullAsync(Installation app) => Assert.Empty(await app.ChangesAsync(await app.CompleteAsync(dryRun: true)));
}
