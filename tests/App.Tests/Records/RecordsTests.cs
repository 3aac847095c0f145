using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace LdapSync.App.Tests.Records;

/// <summary>Roles and users by hand, beside those of the directory.</summary>
public sealed class RecordsTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "U5")]
    public async Task Run_LoginOfAUserByHand_IsListedAndNotSynchronized()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        var byHand = await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "ANNA", ["fullName"] = "Another Anna" });

        var run = await app.CompleteAsync();

        Assert.Equal(1, (int)run["totals"]!["collisions"]!);
        Assert.Contains(await app.ItemsAsync($"api/runs/{run["id"]}/notes"), note => (string?)note["rule"] == "U5" && (string?)note["subject"] == "anna");
        var users = await app.UsersAsync();
        Assert.Equal(["ANNA", "ben", "chloe"], users.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((string?)byHand["id"], (string?)users["ANNA"]["id"]);
        Assert.Equal("Another Anna", (string?)users["ANNA"]["fullName"]);
        Assert.Equal(["ben", "chloe"], await app.MembersAsync("staff"));

        app.Storage.Reset();
        await app.CompleteAsync();
        Assert.Equal(0, app.RecordWrites);
    }

    [Fact]
    [Trait("Rule", "U9")]
    public async Task Bind_UserByHand_FollowsTheDirectoryFromThenOn()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        var userId = (string)(await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "emile", ["fullName"] = "E." }))["id"]!;
        var ldapId = (string)(await app.ItemsAsync($"api/directories/{Api.Directory}/users?search=emil"))[0]["ldapId"]!;
        await app.CompleteAsync();

        var bound = await app.SendAsync(HttpMethod.Post, $"api/users/{userId}/bind", new JsonObject { ["directoryId"] = Api.Directory, ["ldapId"] = ldapId });
        Assert.True((bool)bound["canSignIn"]!);
        await app.CompleteAsync();

        var user = await app.GetAsync($"api/users/{userId}");
        Assert.Equal("emil", (string?)user["login"]);
        Assert.Equal("Emil Evans", (string?)user["fullName"]);
        Assert.True((bool)user["active"]! && (bool)user["canSignIn"]!);
        app.Storage.Reset();
        await app.CompleteAsync();
        Assert.Equal(0, app.RecordWrites);

        await app.Slapd.ModifyAsync(People.Deleting("emil"));
        await app.CompleteAsync();
        Assert.False((bool)(await app.GetAsync($"api/users/{userId}"))["active"]!);

        await app.SendAsync(HttpMethod.Post, $"api/users/{userId}/unbind");
        await app.CompleteAsync();
        Assert.Null((await app.GetAsync($"api/users/{userId}"))["ldapId"]);
    }

    [Fact]
    [Trait("Rule", "R6")]
    public async Task Run_MembersByHand_StayUnlessTheyAreFromTheDirectory()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        var users = await app.UsersAsync();
        var guest = (string)(await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "guest", ["fullName"] = "Guest" }))["id"]!;
        await app.SendAsync(HttpMethod.Put, $"api/roles/project/members/{guest}");
        await app.SendAsync(HttpMethod.Put, $"api/roles/project/members/{users["anna"]["id"]}");
        await app.SendAsync(HttpMethod.Delete, $"api/roles/project/members/{users["ben"]["id"]}");

        var run = await app.CompleteAsync();

        Assert.Equal(["ben", "dora", "guest"], await app.MembersAsync("project"));
        var changes = await app.ChangesAsync(run);
        Assert.Equal(2, changes.Count);
        Assert.Contains(changes, change => change.StartsWith("R6 remove anna ", StringComparison.Ordinal));
        Assert.Contains(changes, change => change.StartsWith("R3 add ben ", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "U6")]
    [Trait("Rule", "U7")]
    public async Task Run_AccountAndJobTitleCreatedLater_LinksThemThen()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.SendAsync(HttpMethod.Post, "api/accounts", new JsonObject { ["name"] = "Example Corp" });

        var first = await app.CompleteAsync();
        Assert.Contains(await app.ItemsAsync($"api/runs/{first["id"]}/notes"), note => (string?)note["rule"] == "U7" && (string?)note["subject"] == "Engineer");
        await app.SendAsync(HttpMethod.Post, "api/job-titles", new JsonObject { ["name"] = "Engineer" });
        await app.CompleteAsync();

        var anna = (await app.UsersAsync())["anna"];
        Assert.Equal("Example Corp", (string?)anna["account"]);
        Assert.Equal("Engineer", (string?)anna["jobTitle"]);
    }

    [Fact]
    [Trait("Rule", "R4")]
    public async Task Run_OnlyGroups_DeactivatesWhoLeftTheLastGroupAndActivatesWhoCameBack()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(body => body["options"] = new JsonObject { ["synchronizeOnlyGroups"] = true });
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Leaving("staff", "anna") + People.Leaving("staff", "ben"));

        await app.CompleteAsync("changed");
        var users = await app.UsersAsync();
        Assert.False((bool)users["anna"]["active"]!);
        Assert.True((bool)users["ben"]["active"]!);

        await app.Slapd.ModifyAsync(People.Joining("project", "anna"));
        await app.CompleteAsync("changed");
        Assert.True((bool)(await app.UsersAsync())["anna"]["active"]!);
        Assert.Equal(["anna", "ben", "dora"], await app.MembersAsync("project"));
    }

    [Fact]
    public async Task Roles_TreeAndLinks_RefuseWhatCannotBe()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.SendAsync(HttpMethod.Post, "api/roles", new JsonObject { ["id"] = "firm", ["name"] = "Firm", ["kind"] = "organization" });
        await app.SendAsync(HttpMethod.Post, "api/roles", new JsonObject { ["id"] = "sales", ["name"] = "Sales", ["kind"] = "department", ["parentId"] = "firm" });

        await RefusedAsync("parentId", HttpMethod.Put, "api/roles/firm", new JsonObject { ["name"] = "Firm", ["kind"] = "organization", ["parentId"] = "sales" });
        await RefusedAsync("parentId", HttpMethod.Post, "api/roles", new JsonObject { ["name"] = "X", ["kind"] = "functional", ["parentId"] = "firm" });
        await RefusedAsync("groupId", HttpMethod.Post, "api/roles", new JsonObject { ["name"] = "X", ["kind"] = "functional", ["directoryId"] = Api.Directory });
        await RefusedAsync(
            "groupId", HttpMethod.Post, "api/roles",
            new JsonObject { ["name"] = "X", ["kind"] = "functional", ["directoryId"] = Api.Directory, ["groupId"] = "b0b0b0b0-0000-4000-8000-000000000000" });
        await RefusedAsync("name", HttpMethod.Post, "api/roles", new JsonObject { ["name"] = new string('x', 10_000), ["kind"] = "functional" });
        await RefusedAsync("name", HttpMethod.Post, "api/roles", new JsonObject { ["name"] = "a\u0001b", ["kind"] = "functional" });
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Delete, "api/roles/firm");
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "api/roles/nobody");

        async Task RefusedAsync(string field, HttpMethod method, string path, JsonObject body)
        {
            var problem = await app.ProblemAsync(HttpStatusCode.UnprocessableEntity, method, path, body);
            Assert.Equal([field], problem["errors"]!.AsObject().Select(error => error.Key));
        }
    }

    [Fact]
    public async Task Users_SameLoginInOtherCase_IsRefused()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "Zoë", ["fullName"] = "Zoë" });

        var problem = await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, "api/users", new JsonObject { ["login"] = "zOË", ["fullName"] = "Z" });
        Assert.Equal(["login"], problem["errors"]!.AsObject().Select(error => error.Key));
    }
}
