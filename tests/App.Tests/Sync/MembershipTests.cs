using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>Rule R9 on OpenLDAP: each way in which a directory tells who is in a group.</summary>
public sealed class MembershipTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Theory]
    [Trait("Rule", "R9")]
    [InlineData("filter", false, new[] { "dora" })]
    [InlineData("member", false, new[] { "dora" })]
    [InlineData("member", true, new[] { "anna", "ben", "chloe", "dora" })]
    public async Task Run_NestedGroupsInARing_CountWhenSwitchedOn(string membership, bool nested, string[] members)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.Slapd.ModifyAsync(
            $"dn: {People.GroupName("outer")}\nobjectClass: groupOfNames\ncn: outer\nmember: {People.Name("dora")}\nmember: {People.GroupName("middle")}\n\n"
            + $"dn: {People.GroupName("middle")}\nobjectClass: groupOfNames\ncn: middle\nmember: {People.GroupName("staff")}\nmember: {People.GroupName("outer")}\n\n");
        await ConfigureAsync(app, membership, nested);
        await app.LinkAsync("outer", "staff");

        await app.CompleteAsync();

        Assert.Equal(members, await app.MembersAsync("outer"));
        Assert.Equal(["anna", "ben", "chloe"], await app.MembersAsync("staff"));
    }

    [Fact]
    [Trait("Rule", "R9")]
    public async Task Run_SomebodyLeavesAGroupWithinAGroup_LeavesTheOuterRole()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("outer")}\nobjectClass: groupOfNames\ncn: outer\nmember: {People.GroupName("staff")}\n\n");
        await ConfigureAsync(app, "member", nested: true);
        await app.LinkAsync("outer");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Leaving("staff", "anna"));

        foreach (var mode in new[] { "changed", "full" })
        {
            await app.CompleteAsync(mode);
            Assert.Equal(["ben", "chloe"], await app.MembersAsync("outer"));
        }
    }

    [Fact]
    [Trait("Rule", "R9")]
    public async Task Run_MemberUidOfPosixGroups_FindsUsersByTheirLogin()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.Slapd.ModifyAsync(
            $"dn: {People.GroupName("unix")}\nobjectClass: posixGroup\ncn: unix\ngidNumber: 100\nmemberUid: anna\nmemberUid: Emil\nmemberUid: nobody\n\n"
            + $"dn: {People.GroupName("empty")}\nobjectClass: posixGroup\ncn: empty\ngidNumber: 101\n\n");
        await app.ConfigureAsync(body =>
        {
            body["groups"]!["membership"] = "memberUid";
            body["filters"] = new JsonObject { ["groups"] = "(objectClass=posixGroup)" };
        });
        await app.LinkAsync("unix", "empty");
        await app.CompleteAsync();
        Assert.Equal(["anna", "emil"], await app.MembersAsync("unix"));

        await app.Slapd.ModifyAsync($"dn: {People.GroupName("unix")}\nchangetype: modify\ndelete: memberUid\nmemberUid: anna\n\n");
        await app.CompleteAsync();

        Assert.Equal(["emil"], await app.MembersAsync("unix"));
        Assert.Empty(await app.MembersAsync("empty"));
    }

    [Fact]
    [Trait("Rule", "R9")]
    public async Task Run_UniqueMemberWithItsUniqueIdentifier_FindsUsersByTheirName()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.Slapd.ModifyAsync(
            $"dn: {People.GroupName("unique")}\nobjectClass: groupOfUniqueNames\ncn: unique\nuniqueMember: {People.Name("anna")}\nuniqueMember: {People.Name("emil")}#'0101'B\n\n");
        await app.ConfigureAsync(body => body["filters"] = new JsonObject { ["groups"] = "(objectClass=groupOfUniqueNames)" });
        await app.LinkAsync("unique");

        await app.CompleteAsync();

        Assert.Equal(["anna", "emil"], await app.MembersAsync("unique"));
    }

    [Theory]
    [Trait("Rule", "G1")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_MembersOfAGroupMayNotBeRead_RemovesNobodyAndWarns(bool inner)
    {
        var hidden = People.GroupName(inner ? "staff" : "outer");
        await using var app = await Installation.StartAsync(
            emulator, People.Few(), slapdAccess: $"access to dn.exact=\"{hidden}\" attrs=member by dn.exact=\"{Slapd.LimitedName}\" none by * read");
        await app.Slapd.ModifyAsync(
            $"dn: {People.GroupName("outer")}\nobjectClass: groupOfNames\ncn: outer\nmember: {People.Name("dora")}\nmember: {People.GroupName("staff")}\n\n");
        await ConfigureAsync(app, "member", nested: true);
        await app.LinkAsync("outer", "project");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Leaving("project", "ben"));
        await app.ConfigureAsync(body =>
        {
            body["groups"]!["nested"] = true;
            body["connection"]!["administratorLogin"] = Slapd.LimitedName;
            body["connection"]!["password"] = Slapd.LimitedPassword;
        });
        app.Storage.Reset();

        var run = await app.CompleteAsync();

        Assert.Contains(run["warnings"]!.AsArray(), warning => ((string)warning!).Contains("members of 1 linked group", StringComparison.Ordinal));
        Assert.Equal(["anna", "ben", "chloe", "dora"], await app.MembersAsync("outer"));
        Assert.Equal(["dora"], await app.MembersAsync("project"));
    }

    [Theory]
    [InlineData("member", 3, 1)]
    [InlineData("filter", 3, 0)]
    public async Task Test_Settings_TellWhoIsInAGroup(string membership, int users, int others)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few().Group("a-first", "anna", "ben", "chloe"));
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("a-first")}\nchangetype: modify\nadd: member\nmember: cn=elsewhere,{Slapd.Suffix}\n\n");

        var trial = await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/settings/test", app.SettingsBody(body =>
        {
            body["groups"]!["membership"] = membership;
            body["filters"] = new JsonObject { ["groups"] = "(cn=a-first)" };
        }));

        Assert.True((bool)trial["ok"]!, trial.ToJsonString());
        var members = trial["members"]!;
        Assert.Equal("a-first", (string?)members["group"]);
        Assert.Equal(membership, (string?)members["source"]);
        Assert.Equal((users, others, true), ((int)members["users"]!, (int)members["others"]!, (bool)members["complete"]!));
    }

    [Fact]
    public async Task Save_FilterForGroupUsersWithoutAWayOfReading_MeansTheFilter()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(body => body["filters"] = new JsonObject { ["groupUsers"] = "(&(uid=anna)(memberOf=[#LDAPGroupDN#]))" });
        await app.LinkAsync("staff");

        await app.CompleteAsync();

        Assert.Equal("filter", (string?)(await app.GetAsync($"api/directories/{Api.Directory}/settings"))["groups"]!["membership"]);
        Assert.Equal(["anna"], await app.MembersAsync("staff"));
    }

    private static Task ConfigureAsync(Installation app, string membership, bool nested) => app.ConfigureAsync(body =>
    {
        body["groups"]!["membership"] = membership;
        body["groups"]!["nested"] = nested;
    });
}
