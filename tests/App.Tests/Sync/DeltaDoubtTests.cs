using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>What mode <em>delta</em> must not believe, or is not told: the run goes on in mode <em>changed</em> and does what is right.</summary>
public sealed class DeltaDoubtTests(Emulator emulator) : IClassFixture<Emulator>
{
    private const string ContentSynchronization = "1.3.6.1.4.1.4203.1.9.1";

    private static readonly string App = People.GroupName("app");

    /// <summary>An account that lost a right on users, or on lists of members, gets success and nothing.</summary>
    [Theory]
    [Trait("Rule", "G1")]
    [InlineData("users")]
    [InlineData("groups of users")]
    public async Task Run_SearchesFindNothingAnyMore_DeactivatesNobodyAndRemovesNobody(string hidden)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await using var proxy = new FaultProxy(app.Slapd.Port);
        await StartAsync(app, ["staff", "project"], body =>
        {
            body["connection"]!["serverName"] = $"localhost:{proxy.Port}";
            body["connection"]!["security"] = "none";
            body["connection"]!["allowClearText"] = true;
        });
        var (staff, project) = (await app.MembersAsync("staff"), await app.MembersAsync("project"));
        await app.Slapd.ModifyAsync(People.Replacing("ben", "telephoneNumber", "+41 44 000 00 07"));

        proxy.Fault = request => IsOf(request, hidden) ? SearchFault.Empty : null;
        var run = await FallsBackAsync(app, hidden == "users" ? "nobody is found" : "search does not find");
        proxy.Fault = _ => null;

        Assert.True(proxy.Spoilt > 0);
        Assert.Equal(0, (int)run["totals"]!["deactivated"]! + (int)run["totals"]!["membersRemoved"]!);
        Assert.All((await app.UsersAsync()).Values, user => Assert.True((bool)user["active"]! && (bool)user["canSignIn"]!, user.ToJsonString()));
        Assert.Equal(staff, await app.MembersAsync("staff"));
        Assert.Equal(project, await app.MembersAsync("project"));
    }

    [Fact]
    [Trait("Rule", "G1")]
    public async Task Run_NoMemberIsSeenAnyMore_RemovesNobody()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("unix")}\nobjectClass: posixGroup\ncn: unix\ngidNumber: 100\nmemberUid: anna\n\n");
        await StartAsync(app, ["unix"], body =>
        {
            body["groups"]!["membership"] = "memberUid";
            body["filters"] = new JsonObject { ["groups"] = "(objectClass=posixGroup)" };
        });
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("unix")}\nchangetype: modify\ndelete: memberUid\nmemberUid: anna\n\n");

        await FallsBackAsync(app, "no other member is seen");

        Assert.Equal(["anna"], await app.MembersAsync("unix"));
    }

    [Fact]
    [Trait("Rule", "U3")]
    public async Task Run_UsersFilterOnMemberOf_FollowsWhoLeftThatGroup()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few().Group("app", "anna", "ben", "chloe"));
        await StartAsync(app, ["staff"], body => body["filters"] = new JsonObject { ["users"] = $"(&(objectClass=inetOrgPerson)(memberOf={App}))" });
        Assert.True((bool)(await app.UsersAsync())["chloe"]["active"]!);
        await app.Slapd.ModifyAsync(People.Leaving("app", "chloe"));

        await FallsBackAsync(app, "memberOf");

        Assert.False((bool)(await app.UsersAsync())["chloe"]["active"]!);
    }

    [Fact]
    [Trait("Rule", "U4")]
    public async Task Run_LockOutIsOver_ReactivatesWhoWasLockedOut()
    {
        var clock = new Clock();
        await using var app = await Installation.StartAsync(
            emulator, People.Few(), configure: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await StartAsync(app, ["staff"], body => body["users"]!["inactiveWhen"] = new JsonObject { ["lockedOut"] = true, ["lockoutMinutes"] = 60 });
        await app.Slapd.ModifyAsync(People.Replacing("chloe", "pwdAccountLockedTime", $"{clock.GetUtcNow():yyyyMMddHHmmss}Z"));
        await FallsBackAsync(app, "lockedOut");
        Assert.False((bool)(await app.UsersAsync())["chloe"]["active"]!);

        clock.Ahead = TimeSpan.FromHours(2);
        await FallsBackAsync(app, "lockedOut");

        Assert.True((bool)(await app.UsersAsync())["chloe"]["active"]!);
    }

    /// <summary>Content synchronization tells of the container alone, and that to nobody who asks for users.</summary>
    [Fact]
    [Trait("Rule", "U3")]
    public async Task Run_ContainerMovedOutOfTheSearchBase_DeactivatesWhoIsBelow()
    {
        var branch = $"ou=branch,ou=people,{Slapd.Suffix}";
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.Slapd.ModifyAsync(
            $"dn: {branch}\nobjectClass: organizationalUnit\nou: branch\n\n"
            + $"dn: uid=far,{branch}\nobjectClass: inetOrgPerson\nuid: far\nsn: far\ncn: Far Away\n\n"
            + $"dn: {People.GroupName("staff")}\nchangetype: modify\nadd: member\nmember: uid=far,{branch}\n\n");
        await StartAsync(app, ["staff"]);
        Assert.True((bool)(await app.UsersAsync())["far"]["active"]!);
        Assert.Equal("delta", (string?)(await app.CompleteAsync("delta"))["mode"]);
        await app.Slapd.ModifyAsync($"dn: {branch}\nchangetype: modrdn\nnewrdn: ou=branch\ndeleteoldrdn: 0\nnewsuperior: {Slapd.Suffix}\n\n");

        await FallsBackAsync(app, "container");

        Assert.False((bool)(await app.UsersAsync())["far"]["active"]!);
        Assert.Equal("delta", (string?)(await app.CompleteAsync("delta"))["mode"]);
    }

    /// <summary>What the second server did not have yet would never be told by the cookies of the first.</summary>
    [Fact]
    public async Task Run_LastRunReadFromTwoServers_LooksAtEverybody()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await using var first = new FaultProxy(app.Slapd.Port);
        first.Fault = request =>
        {
            if (!IsOf(request, "users") || !request.Contains("telephoneNumber", StringComparison.Ordinal))
            {
                return null;
            }

            first.GoAway();
            return SearchFault.Silence;
        };
        await StartAsync(app, ["staff"], body =>
        {
            body["connection"]!["serverName"] = $"localhost:{first.Port}, localhost:{app.Slapd.Port}";
            body["connection"]!["security"] = "none";
            body["connection"]!["allowClearText"] = true;
        });
        Assert.True(first.Spoilt > 0);

        await FallsBackAsync(app, "several servers");

        Assert.Equal("delta", (string?)(await app.CompleteAsync("delta"))["mode"]);
    }

    private static bool IsOf(string request, string hidden)
    {
        var (users, groups) = (request.Contains("ou=people", StringComparison.Ordinal), request.Contains("ou=groups", StringComparison.Ordinal));
        return users && groups == (hidden != "users")
            && !request.Contains(ContentSynchronization, StringComparison.Ordinal) && !request.Contains("organizationalUnit", StringComparison.Ordinal);
    }

    private static async Task StartAsync(Installation app, string[] groups, Action<JsonObject>? settings = null)
    {
        await app.ConfigureAsync(settings);
        await app.LinkAsync(groups);
        await app.CompleteAsync();
    }

    private static async Task<JsonNode> FallsBackAsync(Installation app, string reason)
    {
        var run = await app.CompleteAsync("delta");
        Assert.True((string?)run["mode"] == "changed", run.ToJsonString());
        Assert.Contains(reason, (string?)run["modeReason"], StringComparison.OrdinalIgnoreCase);
        return run;
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }
}
