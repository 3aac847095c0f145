using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Domain;

/// <summary>The rules that hold for every directory, on Active Directory (Samba); classes beside this one show them on OpenLDAP. Each test has people and groups of its own.</summary>
public sealed class RulesOfADomainTests(Emulator emulator, DomainController controller) : IClassFixture<Emulator>, IClassFixture<DomainController>
{
    [Fact]
    [Trait("Rule", "S4")]
    [Trait("Rule", "U3")]
    [Trait("Rule", "R2")]
    [Trait("Rule", "R3")]
    [Trait("Rule", "R5")]
    [Trait("Rule", "R6")]
    [Trait("Rule", "G3")]
    public async Task Run_PeopleAndGroupsChange_FollowsEachByItsRule()
    {
        await using var app = await StartAsync(("duties", [150, 151, 152]), ("crew", [151, 153]));
        await app.CompleteAsync();
        Assert.Equal(["u00151", "u00153"], await app.MembersAsync("crew"));
        var guest = (string)(await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "guest", ["fullName"] = "Guest" }))["id"]!;
        await app.SendAsync(HttpMethod.Put, $"api/roles/crew/members/{guest}");
        await app.SendAsync(HttpMethod.Put, $"api/roles/crew/members/{(await app.UsersAsync())["u00150"]["id"]}");
        await controller.Samba.ModifyAsync(
            $"dn: {SambaDirectory.GroupName("crew")}\nchangetype: modrdn\nnewrdn: CN=squad\ndeleteoldrdn: 1\n\n"
            + Membership("duties", "add", 154) + Membership("duties", "delete", 152)
            + $"dn: {SambaDirectory.PersonName(153)}\nchangetype: delete\n\n");

        var changes = await app.ChangesAsync(await app.CompleteAsync());

        Assert.Contains("R2 rename crew name: crew -> squad", changes);
        Assert.Contains(changes, change => change.StartsWith("R3 add u00154 ", StringComparison.Ordinal));
        Assert.Contains(changes, change => change.StartsWith("R5 remove u00152 ", StringComparison.Ordinal));
        Assert.Contains("R5 update u00152 canSignIn: true -> false", changes);
        Assert.Contains(changes, change => change.StartsWith("R6 remove u00150 ", StringComparison.Ordinal));
        Assert.Contains("U3 deactivate u00153 active: true -> false", changes);
        Assert.Contains("guest", await app.MembersAsync("crew"));
        Assert.Equal(["u00150", "u00151", "u00154"], await app.MembersAsync("duties"));
        Assert.Empty(await app.ChangesAsync(await app.CompleteAsync()));
        Assert.Empty(await app.ChangesAsync(await app.CompleteAsync("changed")));
    }

    [Fact]
    [Trait("Rule", "R4")]
    [Trait("Rule", "R7")]
    [Trait("Rule", "N4")]
    public async Task Run_OnlyGroups_LastGroupDecidesAndAVanishedOneDoesNot()
    {
        await using var app = await StartAsync(("first", [155, 156]), ("second", [156]));
        await app.ConfigureAsync(body => body["options"] = new JsonObject { ["synchronizeOnlyGroups"] = true });
        await app.CompleteAsync();

        await controller.Samba.ModifyAsync(Membership("first", "delete", 155) + Membership("first", "delete", 156) + Membership("first", "add", 157));
        var changes = await app.ChangesAsync(await app.CompleteAsync());
        Assert.Contains("R4 deactivate u00155 active: true -> false", changes);
        Assert.DoesNotContain(changes, change => change.StartsWith("R4 deactivate u00156 ", StringComparison.Ordinal));
        Assert.Equal(["u00157"], await app.MembersAsync("first"));

        await controller.Samba.ModifyAsync(Membership("first", "add", 155));
        Assert.Contains("R3 reactivate u00155 active: false -> true", await app.ChangesAsync(await app.CompleteAsync("changed")));

        await controller.Samba.ModifyAsync($"dn: {SambaDirectory.GroupName("second")}\nchangetype: delete\n\n");
        var run = await app.CompleteAsync();
        Assert.Equal(0, (int)run["totals"]!["deactivated"]! + (int)run["totals"]!["membersRemoved"]!);
        Assert.Equal(["u00156"], await app.MembersAsync("second"));
        Assert.NotNull((await app.GetAsync("api/roles/second"))["groupMissingSince"]);
        Assert.Contains(await app.ItemsAsync("api/notifications"), item => ((string)item["title"]!).Contains("group", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    [Trait("Rule", "U8")]
    public async Task Run_OneEntryLacksTheLogin_ListsItAndKeepsItsUser()
    {
        await using var app = await StartAsync(("login", [158, 159]));
        await app.ConfigureAsync(body => body["users"]!["login"] = "telephoneNumber");
        await app.CompleteAsync();
        await controller.Samba.ModifyAsync($"dn: {SambaDirectory.PersonName(158)}\nchangetype: modify\ndelete: telephoneNumber\n\n");

        var run = await app.CompleteAsync();

        Assert.All((await app.UsersAsync()).Values, user => Assert.True((bool)user["active"]!));
        var note = Assert.Single(await app.ItemsAsync($"api/runs/{run["id"]}/notes"), note => (string?)note["subject"] == SambaDirectory.PersonName(158));
        Assert.Equal("U8", (string?)note["rule"]);
        Assert.Contains("users.login", (string?)note["message"], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "G2")]
    [Trait("Rule", "I2")]
    [Trait("Rule", "N3")]
    public async Task Run_ManyDisabledAtOnce_WaitsAndIsAppliedWhenApproved()
    {
        await using var app = await StartAsync(("crowd", [.. Enumerable.Range(160, 30)]));
        await app.CompleteAsync();
        await controller.Samba.ModifyAsync(string.Concat(Enumerable.Range(160, 15).Select(person =>
            $"dn: {SambaDirectory.PersonName(person)}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 546\n\n")));

        var runId = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/sync"))["runId"]!;
        var waiting = await app.WhenAsync(runId, "waitingForApproval");
        Assert.Equal(15, (int)waiting["totals"]!["deactivated"]!);
        Assert.Equal(30, (await app.UsersAsync()).Values.Count(user => (bool)user["active"]!));
        await app.SendAsync(HttpMethod.Post, $"api/runs/{runId}/approve", new JsonObject { ["planHash"] = (string?)waiting["planHash"] });

        Assert.Equal("completed", (string?)(await app.EndOfAsync(runId))["status"]);
        Assert.Contains(await app.ItemsAsync("api/notifications"), item => (string?)item["runId"] == runId && (string?)item["kind"] == "guardWaiting");
        Assert.Equal(15, (await app.UsersAsync()).Values.Count(user => (bool)user["active"]! && (bool)user["canSignIn"]!));
    }

    [Fact]
    [Trait("Rule", "L1")]
    [Trait("Rule", "L2")]
    [Trait("Rule", "L3")]
    [Trait("Rule", "N1")]
    [Trait("Rule", "N2")]
    public async Task Runs_MorePeopleThanLicences_GrantTellAndTakeBack()
    {
        await using var app = await StartAsync(("licensed", [190, 191, 192]));
        await app.SendAsync(HttpMethod.Put, "api/licences/crm", new JsonObject { ["name"] = "CRM", ["total"] = 2 });
        var run = await app.CompleteAsync();
        Assert.Equal(2, (int)run["totals"]!["licencesGranted"]!);
        Assert.Equal(1, (int)(await app.GetAsync("api/licences/crm"))["waiting"]!);
        Assert.Equal(2, (await app.ItemsAsync("api/notifications")).Count(item => (string?)item["runId"] == (string?)run["id"]));

        var holder = (string)(await app.ItemsAsync("api/licences/crm/holders"))[0]["login"]!;
        await controller.SetAsync($"CN={holder},{SambaDirectory.PeopleUnit}", "userAccountControl", "546");
        var changes = await app.ChangesAsync(await app.CompleteAsync());
        Assert.Contains(changes, change => change.StartsWith($"L3 remove {holder} ", StringComparison.Ordinal));
        Assert.Contains(changes, change => change.StartsWith("L1 add ", StringComparison.Ordinal));
        Assert.Equal(0, (int)(await app.GetAsync("api/licences/crm"))["waiting"]!);
    }

    private static string Membership(string group, string change, int person) =>
        $"dn: {SambaDirectory.GroupName(group)}\nchangetype: modify\n{change}: member\nmember: {SambaDirectory.PersonName(person)}\n\n";

    private async Task<DomainInstallation> StartAsync(params (string Group, int[] People)[] groups)
    {
        foreach (var (group, people) in groups)
        {
            await controller.Samba.ModifyAsync($"dn: {SambaDirectory.GroupName(group)}\nobjectClass: group\nsAMAccountName: {group}\ngroupType: -2147483646\n"
                + string.Concat(people.Select(person => $"member: {SambaDirectory.PersonName(person)}\n")) + "\n");
        }

        var app = await DomainInstallation.StartAsync(emulator, controller);
        await app.ConfigureAsync();
        await app.LinkAsync([.. groups.Select(group => group.Group)]);
        return app;
    }
}
