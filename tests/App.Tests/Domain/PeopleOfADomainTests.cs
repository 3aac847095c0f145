using System.Net;
using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Domain;

/// <summary>Rules of users, status and signing in on Active Directory (Samba). Each test has people and a group of its own.</summary>
public sealed class PeopleOfADomainTests(Emulator emulator, DomainController controller) : IClassFixture<Emulator>, IClassFixture<DomainController>
{
    private const string SignIn = $"api/directories/{Api.Directory}/sign-in";

    [Fact]
    [Trait("Rule", "I1")]
    [Trait("Rule", "I2")]
    [Trait("Rule", "U3")]
    [Trait("Rule", "U4")]
    public async Task SignIn_MovedThenDisabledThenEnabled_FollowsTheDirectoryAtOnce()
    {
        var person = SambaDirectory.PersonName(100);
        await controller.SetPasswordAsync(person, "Right-Secret-42");
        await using var app = await StartAsync("signin", 100, 101);
        await app.CompleteAsync();

        Assert.Equal("u00100", (string?)(await app.SendAsync(HttpMethod.Post, SignIn, Body("U00100", "Right-Secret-42")))["login"]);
        await RefusedAsync("u00100", "Wrong-Secret-42");
        await RefusedAsync("u00101", "Right-Secret-42");

        // Found by id: the record still has the old name.
        var moved = $"CN=u00100 moved,{SambaDirectory.GroupsUnit}";
        await controller.Samba.ModifyAsync($"dn: {person}\nchangetype: modrdn\nnewrdn: CN=u00100 moved\ndeleteoldrdn: 1\nnewsuperior: {SambaDirectory.GroupsUnit}\n\n");
        await app.SendAsync(HttpMethod.Post, SignIn, Body("u00100", "Right-Secret-42"));

        await controller.SetAsync(moved, "userAccountControl", "514");
        await RefusedAsync("u00100", "Right-Secret-42");
        Assert.Contains("U3 deactivate u00100 active: true -> false", await app.ChangesAsync(await app.CompleteAsync()));
        await controller.SetAsync(moved, "userAccountControl", "512");
        await RefusedAsync("u00100", "Right-Secret-42");
        Assert.Contains("U4 reactivate u00100 active: false -> true", await app.ChangesAsync(await app.CompleteAsync()));
        await app.SendAsync(HttpMethod.Post, SignIn, Body("u00100", "Right-Secret-42"));

        async Task RefusedAsync(string login, string password) =>
            await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body(login, password));
    }

    [Fact]
    [Trait("Rule", "U3")]
    [Trait("Rule", "U4")]
    public async Task Run_AccountExpires_DeactivatesUntilItIsExtended()
    {
        await using var app = await StartAsync("expiry", 110);
        await app.CompleteAsync();
        await controller.SetAsync(SambaDirectory.PersonName(110), "accountExpires", "133800000000000000");

        Assert.Contains("U3 deactivate u00110 active: true -> false", await app.ChangesAsync(await app.CompleteAsync("changed")));
        var person = (await app.GetAsync($"api/directories/{Api.Directory}/explain?login=u00110"))["people"]!.AsArray().Single()!;
        Assert.Equal(("expired", true), ((string?)person["directory"]!["status"]![0]!["kind"], (bool)person["directory"]!["status"]![0]!["counts"]!));

        await controller.SetAsync(SambaDirectory.PersonName(110), "accountExpires", "9223372036854775807");
        Assert.Contains("U4 reactivate u00110 active: false -> true", await app.ChangesAsync(await app.CompleteAsync("changed")));
    }

    [Fact]
    [Trait("Rule", "U3")]
    public async Task Run_LockedOutByWrongPasswords_DeactivatesOnlyWhereTheSettingsSaySo()
    {
        var person = SambaDirectory.PersonName(120);
        await controller.SetPasswordAsync(person, "Right-Secret-42");
        await controller.Samba.ModifyAsync($"dn: {Samba.Suffix}\nchangetype: modify\nreplace: lockoutThreshold\nlockoutThreshold: 3\n\n");
        await using var app = await StartAsync("lockout", 120);
        await app.CompleteAsync();
        for (var attempt = 0; attempt < 4; attempt++)
        {
            await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body("u00120", "Wrong-Secret-42"));
        }

        // The door is shut by the directory alone.
        await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body("u00120", "Right-Secret-42"));
        Assert.Empty(await app.ChangesAsync(await app.CompleteAsync()));
        var explained = (await app.GetAsync($"api/directories/{Api.Directory}/explain?login=u00120"))["people"]!.AsArray().Single()!["directory"]!;
        Assert.Equal(("lockedOut", false), ((string?)explained["status"]![0]!["kind"], (bool)explained["status"]![0]!["counts"]!));

        await app.ConfigureAsync(body => body["users"]!["inactiveWhen"] = new JsonObject { ["lockedOut"] = true });
        Assert.Contains("U3 deactivate u00120 active: true -> false", await app.ChangesAsync(await app.CompleteAsync()));
        await controller.SetAsync(person, "lockoutTime", "0");
        Assert.Contains("U4 reactivate u00120 active: false -> true", await app.ChangesAsync(await app.CompleteAsync()));
    }

    [Fact]
    [Trait("Rule", "U1")]
    [Trait("Rule", "U2")]
    [Trait("Rule", "U5")]
    [Trait("Rule", "U6")]
    [Trait("Rule", "U7")]
    [Trait("Rule", "U9")]
    public async Task Run_CollisionCompanyTitleRename_AreAsTheRulesSay()
    {
        await using var app = await StartAsync("rules", 130, 131);
        await app.SendAsync(HttpMethod.Post, "api/accounts", new JsonObject { ["name"] = "Example Corp" });
        await app.SendAsync(HttpMethod.Post, "api/job-titles", new JsonObject { ["name"] = "engineer" });
        var byHand = (string)(await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "U00131", ["fullName"] = "By hand" }))["id"]!;
        var run = await app.CompleteAsync();

        var users = await app.UsersAsync();
        Assert.Equal(["U00131", "u00130"], users.Keys.Order(StringComparer.Ordinal));

        // Verbatim: an account of this name, and no job title of this spelling.
        Assert.Equal(("Example Corp", null), ((string?)users["u00130"]["account"], (string?)users["u00130"]["jobTitle"]));
        Assert.Contains(await app.ItemsAsync($"api/runs/{run["id"]}/notes"), note => (string?)note["rule"] == "U7");
        Assert.Equal("u00130@example.test", (string?)users["u00130"]["email"]);

        var collision = Assert.Single(await app.ItemsAsync($"api/directories/{Api.Directory}/collisions"));
        await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/collisions/{collision["id"]}/answer", new JsonObject { ["answer"] = "link" });
        await controller.SetAsync(SambaDirectory.PersonName(130), "sAMAccountName", "renamed130");
        await app.CompleteAsync("changed");

        users = await app.UsersAsync();
        Assert.Equal(["renamed130", "u00131"], users.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(byHand, (string?)users["u00131"]["id"]);
        Assert.Equal(["renamed130", "u00131"], await app.MembersAsync("rules"));
    }

    [Fact]
    [Trait("Rule", "U3")]
    public async Task Run_ActiveExpression_DecidesWhoIsActive()
    {
        await using var app = await StartAsync("expression", 140, 141);
        await controller.SetAsync(SambaDirectory.PersonName(141), "employeeType", "external");
        await app.ConfigureAsync(body => body["users"]!["activeExpression"] = "(!(employeeType=External))");

        await app.CompleteAsync();
        Assert.Equal(["u00140"], (await app.UsersAsync()).Keys);

        await controller.SetAsync(SambaDirectory.PersonName(140), "employeeType", "external");
        Assert.Contains("U3 deactivate u00140 active: true -> false", await app.ChangesAsync(await app.CompleteAsync("changed")));
    }

    private static JsonObject Body(string login, string password) => new() { ["login"] = login, ["password"] = password };

    private async Task<DomainInstallation> StartAsync(string group, params int[] people)
    {
        await controller.Samba.ModifyAsync($"dn: {SambaDirectory.GroupName(group)}\nobjectClass: group\nsAMAccountName: {group}\ngroupType: -2147483646\n"
            + string.Concat(people.Select(person => $"member: {SambaDirectory.PersonName(person)}\n")) + "\n");
        var app = await DomainInstallation.StartAsync(emulator, controller);
        await app.ConfigureAsync();
        await app.LinkAsync(group);
        return app;
    }
}
