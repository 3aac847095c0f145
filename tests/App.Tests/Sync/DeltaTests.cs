using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>Mode <em>delta</em> on OpenLDAP: what it does is what a full run would do, it reads only whom changes touch, and says when it cannot.</summary>
public sealed class DeltaTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "G3")]
    public async Task Run_UnchangedDirectory_ReadsNobodyAndWritesNothing()
    {
        await using var app = await StartAsync(People.Few());
        app.Storage.Reset();

        var run = await app.CompleteAsync("delta");

        Assert.Equal(("delta", "delta", null), ((string?)run["mode"], (string?)run["requestedMode"], (string?)run["modeReason"]));
        Assert.Equal(0, (int)run["totals"]!["usersRead"]!);
        Assert.Empty(await app.ChangesAsync(run));
        Assert.Equal(0, app.RecordWrites);
    }

    [Fact]
    public async Task Run_AfterChanges_FollowsEachByItsRuleAndReadsOnlyWhoIsTouched()
    {
        await using var app = await StartAsync(People.Few().Crowd(40));
        await app.Slapd.ModifyAsync(
            $"dn: {People.Name("anna")}\nchangetype: modrdn\nnewrdn: uid=annika\ndeleteoldrdn: 1\n\n"
            + $"dn: uid=annika,ou=people,{Slapd.Suffix}\nchangetype: modify\nreplace: cn\ncn: Annika Adler\n\n"
            + $"dn: {People.GroupName("project")}\nchangetype: modrdn\nnewrdn: cn=mission\ndeleteoldrdn: 1\n\n"
            + People.Replacing("dora", "pwdAccountLockedTime", "000001010000Z")
            + People.Leaving("staff", "chloe")
            + People.Joining("staff", "emil"));

        var run = await DeltaAsync(app);

        var changes = await app.ChangesAsync(run);
        Assert.Contains("R2 rename project name: project -> mission", changes);
        Assert.Contains("U2 update anna login: anna -> annika", changes);
        Assert.Contains("U2 update anna fullName: Anna Adler -> Annika Adler", changes);
        Assert.Contains("U3 deactivate dora active: true -> false", changes);
        Assert.Contains("R5 update chloe canSignIn: true -> false", changes);
        Assert.Contains(changes, change => change.StartsWith("U1 create emil login:", StringComparison.Ordinal));
        Assert.Equal(["annika", "ben", "emil"], await app.MembersAsync("staff"));
        Assert.InRange((int)run["totals"]!["usersRead"]!, 4, 5);
        await SameAsFullAsync(app);
    }

    [Fact]
    [Trait("Rule", "R9")]
    public async Task Run_MemberUidInOtherCaseThanTheLogin_KeepsTheMember()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("unix")}\nobjectClass: posixGroup\ncn: unix\ngidNumber: 100\nmemberUid: anna\nmemberUid: Emil\n\n");
        await app.ConfigureAsync(body =>
        {
            body["groups"]!["membership"] = "memberUid";
            body["filters"] = new JsonObject { ["groups"] = "(objectClass=posixGroup)" };
        });
        await app.LinkAsync("unix");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(
            People.Replacing("emil", "telephoneNumber", "+41 44 000 00 07")
            + $"dn: {People.GroupName("unix")}\nchangetype: modify\nadd: memberUid\nmemberUid: BEN\n\n");

        await DeltaAsync(app);

        Assert.Equal(["anna", "ben", "emil"], await app.MembersAsync("unix"));
        await SameAsFullAsync(app);
    }

    [Theory]
    [Trait("Rule", "R9")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_UniqueMemberWithItsUniqueIdentifier_FallsBackAndKeepsTheMember(bool fromTheBeginning)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        var emil = $"uniqueMember: {People.Name("emil")}#'0101'B\n";
        await app.Slapd.ModifyAsync(
            $"dn: {People.GroupName("unique")}\nobjectClass: groupOfUniqueNames\ncn: unique\nuniqueMember: {People.Name("anna")}\n{(fromTheBeginning ? emil : "")}\n");
        await app.ConfigureAsync(body => body["filters"] = new JsonObject { ["groups"] = "(objectClass=groupOfUniqueNames)" });
        await app.LinkAsync("unique");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(
            People.Replacing("emil", "telephoneNumber", "+41 44 000 00 07")
            + (fromTheBeginning ? "" : $"dn: {People.GroupName("unique")}\nchangetype: modify\nadd: uniqueMember\n{emil}\n"));

        await FallsBackAsync(app, "nique identifiers");

        Assert.Equal(["anna", "emil"], await app.MembersAsync("unique"));
        await SameAsFullAsync(app);
    }

    [Fact]
    [Trait("Rule", "U3")]
    public async Task Run_DeletedMovedAndFilteredOut_AreDeactivated()
    {
        await using var app = await StartAsync(People.Few(), body => body["filters"] = new JsonObject { ["users"] = "(&(objectClass=inetOrgPerson)(!(title=Engineer)))" });
        await app.Slapd.ModifyAsync(
            People.Deleting("ben")
            + $"dn: {People.Name("chloe")}\nchangetype: modrdn\nnewrdn: uid=chloe\ndeleteoldrdn: 0\nnewsuperior: {Slapd.Suffix}\n\n"
            + People.Replacing("dora", "title", "Engineer"));

        var run = await DeltaAsync(app);

        Assert.Equal(3, (int)run["totals"]!["deactivated"]!);
        await SameAsFullAsync(app);
    }

    [Fact]
    [Trait("Rule", "R4")]
    public async Task Run_SomebodyComesIntoTheUsersFilter_GetsTheGroupsWhereHeWasAllAlong()
    {
        await using var app = await StartAsync(
            new People().Person("anna").Person("ben", "Ben", "title: Robot").Group("staff", "anna", "ben").Group("project", "anna"),
            body => body["filters"] = new JsonObject { ["users"] = "(&(objectClass=inetOrgPerson)(!(title=Robot)))" });
        Assert.Equal(["anna"], await app.MembersAsync("staff"));
        await app.Slapd.ModifyAsync(People.Replacing("ben", "title", "Engineer"));

        await DeltaAsync(app);

        Assert.Equal(["anna", "ben"], await app.MembersAsync("staff"));
        await app.Slapd.ModifyAsync(People.Leaving("staff", "ben"));
        await DeltaAsync(app);
        Assert.Equal(["anna"], await app.MembersAsync("staff"));
        await SameAsFullAsync(app);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Run_LoginThatWasTakenIsFree_ImportsWhoWaitedForIt()
    {
        await using var app = await StartAsync(People.Few());
        var other = (string)(await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "emil", ["fullName"] = "Another Emil" }))["id"]!;
        await app.Slapd.ModifyAsync(People.Joining("staff", "emil"));
        Assert.Equal(1, (int)(await DeltaAsync(app))["totals"]!["collisions"]!);

        await app.SendAsync(HttpMethod.Put, $"api/users/{other}", new JsonObject { ["login"] = "another", ["fullName"] = "Another Emil" });
        var run = await DeltaAsync(app);

        Assert.Equal(1, (int)run["totals"]!["created"]!);
        Assert.Contains("emil", await app.MembersAsync("staff"));
        await SameAsFullAsync(app);
    }

    /// <summary>A full run after each delta run finds nothing to do, whatever changed in between.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_RandomChanges_LeaveNothingForAFullRun(int seed)
    {
        var random = new Random(seed);
        var people = new People().Crowd(12).Group("staff", "p001", "p002", "p003").Group("project", "p003", "p004").Group("inner", "p005", "p006");
        await using var app = await StartAsync(people, body =>
        {
            body["groups"]!["nested"] = true;
            body["options"] = new JsonObject { ["synchronizeOnlyGroups"] = seed == 2, ["removalLimits"] = new JsonObject { ["minimumPopulation"] = 1000 } };
        });
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("staff")}\nchangetype: modify\nadd: member\nmember: {People.GroupName("inner")}\n\n");
        await app.CompleteAsync();
        var (alive, groups) = (people.Logins.ToList(), new[] { "staff", "project", "inner" });
        for (var round = 0; round < 4; round++)
        {
            for (var change = 0; change < 5; change++)
            {
                await ChangeAsync(app, random, alive, groups, $"n{round}{change}");
            }

            await DeltaAsync(app);
            await SameAsFullAsync(app);
        }
    }

    [Fact]
    public async Task Run_ThatFailsOrIsAPreview_LeavesTheCookieForTheNextOne()
    {
        await using var app = await StartAsync(People.Few());
        await app.Slapd.ModifyAsync(People.Leaving("staff", "chloe") + People.Replacing("dora", "cn", "Dora Two"));
        Assert.Equal(2, (await app.ChangesAsync(await app.CompleteAsync("delta", dryRun: true))).Count(change => change.Contains("chloe", StringComparison.Ordinal)));
        app.Storage.FailNext(FailureMode.Unavailable, int.MaxValue, request => request.Method == "POST" && request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal));
        var failed = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/sync", new JsonObject { ["mode"] = "delta" }))["runId"]!;
        await app.WhenAsync(failed, "failed");
        app.Storage.Reset();
        await app.EndOfAsync(failed);

        // The run that failed had begun to write, so the records are looked at: all of them.
        var run = await app.CompleteAsync("delta");

        Assert.Equal(["anna", "ben"], await app.MembersAsync("staff"));
        Assert.Equal("Dora Two", (string?)(await app.UsersAsync())["dora"]["fullName"]);
        Assert.Equal("delta", (string?)run["requestedMode"]);
        await SameAsFullAsync(app);
    }

    [Fact]
    public async Task Run_WhenChangesAreNotEnough_GoesOnInModeChangedAndSaysWhy()
    {
        await using var app = await StartAsync(People.Few());

        await app.LinkAsync("extra");
        await FallsBackAsync(app, "linked or unlinked");

        await app.SendAsync(HttpMethod.Delete, $"api/roles/staff/members/{(await app.UsersAsync())["anna"]["id"]}");
        await FallsBackAsync(app, "by hand");
        Assert.Equal(["anna", "ben", "chloe"], await app.MembersAsync("staff"));

        await app.Slapd.ModifyAsync(People.Deleting("dora"));
        await app.Slapd.StopAsync();
        await app.Slapd.StartAgainAsync();
        await app.Slapd.ModifyAsync(People.Replacing("anna", "cn", "Anna Two"));
        await FallsBackAsync(app, "syncprov-sessionlog");
        Assert.False((bool)(await app.UsersAsync())["dora"]["active"]!);
        Assert.Equal("Anna Two", (string?)(await app.UsersAsync())["anna"]["fullName"]);
        await DeltaAsync(app);

        await app.ConfigureAsync(body => body["groups"]!["membership"] = "filter");
        Assert.Equal("full", (string?)(await app.CompleteAsync("delta"))["mode"]);
        await FallsBackAsync(app, "groups.membership");
    }

    [Fact]
    public async Task Test_Settings_TellHowChangesAreRead()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        async Task<JsonNode> TryAsync(Action<JsonObject>? change = null) =>
            (await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/settings/test", app.SettingsBody(change)))["changes"]!;

        Assert.Equal("syncRepl", (string?)(await TryAsync())["method"]);
        var other = await TryAsync(body => body["users"]!["userId"] = "uid");
        Assert.Null(other["method"]);
        Assert.Contains("entryUUID", (string?)other["problem"], StringComparison.Ordinal);
    }

    private async Task<Installation> StartAsync(People people, Action<JsonObject>? settings = null)
    {
        var app = await Installation.StartAsync(emulator, people.Group("extra", people.Logins.First()));
        await app.ConfigureAsync(settings);
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        return app;
    }

    private static async Task<JsonNode> DeltaAsync(Installation app)
    {
        var run = await app.CompleteAsync("delta");
        Assert.True((string?)run["mode"] == "delta", run.ToJsonString());
        return run;
    }

    private static async Task FallsBackAsync(Installation app, string reason)
    {
        var run = await app.CompleteAsync("delta");
        Assert.Equal("changed", (string?)run["mode"]);
        Assert.Contains(reason, (string?)run["modeReason"], StringComparison.Ordinal);
    }

    private static async Task SameAsFullAsync(Installation app) => Assert.Empty(await app.ChangesAsync(await app.CompleteAsync(dryRun: true)));

    private static async Task ChangeAsync(Installation app, Random random, List<string> alive, string[] groups, string name)
    {
        var (who, group) = (alive[random.Next(alive.Count)], groups[random.Next(groups.Length)]);
        var change = random.Next(7) switch
        {
            0 => People.Replacing(who, "cn", $"Name {name}"),
            1 => People.Replacing(who, "pwdAccountLockedTime", "000001010000Z"),
            2 => People.Joining(group, who),
            3 => People.Leaving(group, who),
            4 => People.Deleting(who),
            5 => People.Adding(name, $"Name {name}") + People.Joining(group, name),
            _ => $"dn: {People.Name(who)}\nchangetype: modrdn\nnewrdn: uid={name}\ndeleteoldrdn: 1\n\n",
        };
        try
        {
            await app.Slapd.ModifyAsync(change);
        }
        catch (InvalidOperationException)
        {
            return; // is a member already, is none, or the last one
        }

        if (change.Contains("modrdn", StringComparison.Ordinal) || change.Contains("changetype: delete", StringComparison.Ordinal))
        {
            alive.Remove(who);
        }

        if (change.Contains(name, StringComparison.Ordinal) && !change.Contains("replace: cn", StringComparison.Ordinal))
        {
            alive.Add(name);
        }
    }
}
