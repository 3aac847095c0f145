using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>Runs against a real directory and real storage, from the first import on.</summary>
public sealed class SyncTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "U1")]
    public async Task FirstRun_LinkedGroups_ImportsTheirActiveMembersWithRoles()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");

        var run = await app.CompleteAsync();

        var users = await app.UsersAsync();
        Assert.Equal(["anna", "ben", "chloe", "dora"], users.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("Chloé Costa", (string?)users["chloe"]["fullName"]);
        Assert.All(users.Values, user => Assert.True((bool)user["active"]! && (bool)user["canSignIn"]!));
        Assert.Equal(["anna", "ben", "chloe"], await app.MembersAsync("staff"));
        Assert.Equal(["ben", "dora"], await app.MembersAsync("project"));
        Assert.Equal(4, (int)run["totals"]!["created"]!);
        Assert.Equal(5, (int)run["totals"]!["membersAdded"]!);
        Assert.Equal(["project", "staff"], (await app.ItemsAsync("api/roles")).Select(role => (string?)role["name"]));
    }

    [Theory]
    [Trait("Rule", "G3")]
    [InlineData("full")]
    [InlineData("changed")]
    public async Task SecondRun_UnchangedDirectory_HasAnEmptyPlanAndWritesNoRecord(string mode)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        Assert.True(app.RecordWrites > 0);
        app.Storage.Reset();

        var run = await app.CompleteAsync(mode);

        Assert.Equal(mode, (string?)run["mode"]);
        Assert.Empty(await app.ChangesAsync(run));
        Assert.Equal(0, app.RecordWrites);
    }

    /// <summary>Everybody was modified a moment ago: few are read by their ids, many by their dates.</summary>
    [Theory]
    [Trait("Rule", "U8")]
    [InlineData(50)]
    [InlineData(300)]
    public async Task Changed_WhoWasModifiedLately_IsUpdatedAndWhoLeftIsDeactivated(int people)
    {
        var crowd = new People().Crowd(people);
        await using var app = await Installation.StartAsync(emulator, crowd.Group("staff", [.. crowd.Logins]));
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Replacing("p002", "cn", "Renamed") + People.Deleting("p003"));

        var run = await app.CompleteAsync("changed");

        Assert.Equal((1, 1, 0), ((int)run["totals"]!["updated"]!, (int)run["totals"]!["deactivated"]!, (int)run["totals"]!["created"]!));
        var users = await app.UsersAsync();
        Assert.Equal(("Renamed", false, true), ((string?)users["p002"]["fullName"], (bool)users["p003"]["active"]!, (bool)users["p001"]["active"]!));
    }

    [Fact]
    public async Task Start_TheMomentARunHasFinished_StartsTheNextOne()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        for (var run = 0; run < 5; run++)
        {
            var started = await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/sync", new JsonObject { ["mode"] = "full" });
            Assert.Equal("completed", (string?)(await app.FinishedAsync((string)started["runId"]!))["status"]);
        }
    }

    [Theory]
    [Trait("Rule", "U2")]
    [Trait("Rule", "U3")]
    [Trait("Rule", "R2")]
    [Trait("Rule", "R3")]
    [Trait("Rule", "R5")]
    [InlineData("full")]
    [InlineData("changed")]
    public async Task SecondRun_AfterChanges_FollowsEachByItsRule(string mode)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(
            $"dn: {People.Name("anna")}\nchangetype: modrdn\nnewrdn: uid=annika\ndeleteoldrdn: 1\n\n"
            + $"dn: uid=annika,ou=people,{Slapd.Suffix}\nchangetype: modify\nreplace: cn\ncn: Annika Adler\n\n"
            + $"dn: {People.GroupName("project")}\nchangetype: modrdn\nnewrdn: cn=mission\ndeleteoldrdn: 1\n\n"
            + People.Replacing("dora", "pwdAccountLockedTime", "000001010000Z")
            + People.Leaving("staff", "chloe")
            + People.Joining("staff", "emil"));

        var preview = await app.CompleteAsync(mode, dryRun: true);
        var planned = await app.ChangesAsync(preview);
        Assert.Equal(["anna", "ben", "chloe", "dora"], (await app.UsersAsync()).Keys.Order(StringComparer.Ordinal));
        var run = await app.CompleteAsync(mode);

        var changes = await app.ChangesAsync(run);
        Assert.Equal(planned, changes);
        Assert.Contains("R2 rename project name: project -> mission", changes);
        Assert.Contains("U2 update anna login: anna -> annika", changes);
        Assert.Contains("U2 update anna fullName: Anna Adler -> Annika Adler", changes);
        Assert.Contains("U3 deactivate dora active: true -> false", changes);
        Assert.Contains("R5 update chloe canSignIn: true -> false", changes);
        Assert.Contains(changes, change => change.StartsWith("U1 create emil login:", StringComparison.Ordinal));
        Assert.Contains(changes, change => change.StartsWith("R3 add emil ", StringComparison.Ordinal));
        Assert.Contains(changes, change => change.StartsWith("R5 remove chloe ", StringComparison.Ordinal));

        var users = await app.UsersAsync();
        Assert.Equal(["annika", "ben", "chloe", "dora", "emil"], users.Keys.Order(StringComparer.Ordinal));
        Assert.False((bool)users["dora"]["active"]!);
        Assert.True((bool)users["chloe"]["active"]!);
        Assert.Equal(["annika", "ben", "emil"], await app.MembersAsync("staff"));
        Assert.Equal(["ben", "dora"], await app.MembersAsync("project"));

        app.Storage.Reset();
        Assert.Empty(await app.ChangesAsync(await app.CompleteAsync(mode)));
        Assert.Equal(0, app.RecordWrites);
    }

    [Fact]
    public async Task EveryOrchestration_ReplayedTwiceFromItsHistory_AsksForTheSame()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Deleting("anna") + People.Joining("staff", "emil"));
        await app.CompleteAsync("changed", dryRun: true);
        await app.CompleteAsync("changed");

        // The parent is one instance that was restarted; each run has a child of its own.
        Assert.Equal(4, await app.Host.CheckAllReplaysAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Preview_ThenRun_HaveOnePlanHash()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");

        var preview = await app.CompleteAsync(dryRun: true);
        Assert.Empty(await app.UsersAsync());
        var run = await app.CompleteAsync();

        Assert.Equal((string?)preview["planHash"], (string?)run["planHash"]);
    }
}
