using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>What goes wrong in a directory never takes anything away from anybody (G1), and is told clearly.</summary>
public sealed class FaultTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Theory]
    [Trait("Rule", "G1")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Run_DirectoryDiesInMidRead_FailsClearlyAndLeavesTheRecords(int connection)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await using var proxy = new CuttingProxy(app.Slapd.Port);
        await ConfigureThroughAsync(app, proxy);
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Deleting("anna") + People.Leaving("staff", "chloe"));
        app.Storage.Reset();

        // A bind's answer and that of the root DSE pass; the read does not.
        var first = proxy.Connections + connection;
        proxy.Allowance = number => number >= first ? 900 : null;
        var run = await app.SyncAsync();

        Assert.Equal("failed", (string?)run["status"]);
        Assert.Contains($"localhost:{proxy.Port}", (string?)run["error"], StringComparison.Ordinal);
        Assert.Equal(0, app.RecordWrites);

        proxy.Allowance = _ => null;
        var next = await app.CompleteAsync();
        Assert.Equal(1, (int)next["totals"]!["deactivated"]!);
    }

    [Theory]
    [Trait("Rule", "G1")]
    [InlineData("size=2", "size limit")]
    [InlineData("size=2 size.pr=2 size.prtotal=2", "administrative limit")]
    public async Task Run_LimitOfTheServerHit_DeactivatesNobodyAndWarns(string limits, string warned)
    {
        await using var app = await Installation.StartAsync(
            emulator, People.Few(), $"limits dn.exact=\"{People.Name("emil")}\" {limits}");
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        await app.ConfigureAsync(body =>
        {
            body["connection"]!["administratorLogin"] = People.Name("emil");
            body["connection"]!["password"] = "emil-secret";
        });
        app.Storage.Reset();

        var run = await app.CompleteAsync();

        Assert.Contains(run["warnings"]!.AsArray(), warning => ((string)warning!).Contains(warned, StringComparison.Ordinal));
        Assert.Equal(0, (int)run["totals"]!["deactivated"]! + (int)run["totals"]!["membersRemoved"]!);
        Assert.All((await app.UsersAsync()).Values, user => Assert.True((bool)user["active"]!));
        Assert.Equal(0, app.RecordWrites);
    }

    [Theory]
    [Trait("Rule", "G1")]
    [InlineData("full")]
    [InlineData("changed")]
    public async Task Run_NoUserAtAllIsFound_TakesNobodyForGone(string mode)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync("dn: ou=empty," + Slapd.Suffix + "\nchangetype: add\nobjectClass: organizationalUnit\nou: empty\n\n");
        await app.ConfigureAsync(body => body["users"]!["searchBase"] = $"ou=empty,{Slapd.Suffix}");
        app.Storage.Reset();

        var run = await app.CompleteAsync(mode);

        Assert.Contains(run["warnings"]!.AsArray(), warning => ((string)warning!).Contains("users.searchBase", StringComparison.Ordinal));
        Assert.Equal(0, (int)run["totals"]!["deactivated"]! + (int)run["totals"]!["membersRemoved"]!);
        Assert.All((await app.UsersAsync()).Values, user => Assert.True((bool)user["active"]!));
        Assert.Equal(0, app.RecordWrites);
    }

    [Fact]
    [Trait("Rule", "U8")]
    public async Task Run_OneEntryLacksTheLogin_ListsItAndKeepsItsUser()
    {
        var people = new People()
            .Person("anna", "Anna", "employeeNumber: 1").Person("ben", "Ben", "employeeNumber: 2").Person("chloe", "Chloe", "employeeNumber: 3")
            .Group("staff", "anna", "ben", "chloe");
        await using var app = await Installation.StartAsync(emulator, people);
        await app.ConfigureAsync(body => body["users"]!["login"] = "employeeNumber");
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(
            $"dn: {People.Name("ben")}\nchangetype: modify\ndelete: employeeNumber\n\n" + People.Replacing("chloe", "cn", "Chloe Two"));

        var run = await app.CompleteAsync();

        var users = await app.UsersAsync();
        Assert.True((bool)users["2"]["active"]!);
        Assert.Equal("Chloe Two", (string?)users["3"]["fullName"]);
        var note = Assert.Single(await app.ItemsAsync($"api/runs/{run["id"]}/notes"), note => (string?)note["rule"] == "U8");
        Assert.Equal(People.Name("ben"), (string?)note["subject"]);
        Assert.Contains("users.login", (string?)note["message"], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "U8")]
    public async Task Run_NoEntryHasTheLogin_FailsAndNamesTheField()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        await app.ConfigureAsync(body => body["users"]!["login"] = "carLicense");
        app.Storage.Reset();

        var run = await app.SyncAsync();

        Assert.Equal("failed", (string?)run["status"]);
        Assert.Contains("users.login", (string?)run["error"], StringComparison.Ordinal);
        Assert.Equal(0, app.RecordWrites);
    }

    [Fact]
    [Trait("Rule", "R7")]
    public async Task Run_LinkedGroupGone_KeepsItsMembersAndMarksTheRole()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(body => body["options"] = new JsonObject { ["synchronizeOnlyGroups"] = true });
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("project")}\nchangetype: delete\n\n");

        var run = await app.CompleteAsync();

        Assert.Equal(0, (int)run["totals"]!["deactivated"]! + (int)run["totals"]!["membersRemoved"]!);
        Assert.Equal(["ben", "dora"], await app.MembersAsync("project"));
        Assert.NotNull((await app.GetAsync("api/roles/project"))["groupMissingSince"]);
        app.Storage.Reset();
        await app.CompleteAsync();
        Assert.Equal(0, app.RecordWrites);
    }

    [Fact]
    public async Task Run_StorageAwayWhileApplying_FailsClearlyAndTheNextRunFinishes()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        app.Storage.FailNext(FailureMode.Unavailable, int.MaxValue, request => request.Method == "POST" && request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal));

        var runId = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Installation.Directory}/sync"))["runId"]!;
        var run = await app.WhenAsync(runId, "failed");
        Assert.Contains("table", (string?)run["error"], StringComparison.OrdinalIgnoreCase);

        app.Storage.Reset();
        await app.EndOfAsync(runId);
        await app.CompleteAsync();
        Assert.Equal(["anna", "ben", "chloe", "dora"], (await app.UsersAsync()).Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["ben", "dora"], await app.MembersAsync("project"));
        app.Storage.Reset();
        await app.CompleteAsync();
        Assert.Equal(0, app.RecordWrites);
    }

    private static Task ConfigureThroughAsync(Installation app, CuttingProxy proxy) => app.ConfigureAsync(body =>
    {
        body["connection"]!["serverName"] = $"localhost:{proxy.Port}";
        body["connection"]!["security"] = "none";
        body["connection"]!["allowClearText"] = true;
    });
}
