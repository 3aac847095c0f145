using System.Net;
using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Explanations;

/// <summary>What the application says about one person.</summary>
public sealed class ExplanationTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    public async Task Explain_LinkedMember_TellsDirectoryRecordRulesAndHistory()
    {
        await using var app = await StartAsync();
        await app.CompleteAsync();
        app.Storage.Reset();

        var explained = await ExplainAsync(app, "ANNA");

        var person = Assert.Single(explained["people"]!.AsArray())!;
        Assert.True((bool)person["directory"]!["inUsersFilter"]! && (bool)person["directory"]!["active"]!);
        Assert.Equal("Anna Adler", (string?)person["directory"]!["attributes"]!["fullName"]);
        Assert.Equal([("project", false), ("staff", true)], person["directory"]!["groups"]!.AsArray().Select(group => ((string)group!["roleId"]!, (bool)group["isMember"]!)));
        Assert.Equal("anna", (string?)person["stored"]!["user"]!["login"]);
        Assert.Equal(["staff"], person["stored"]!["roles"]!.AsArray().Select(role => (string?)role!["roleId"]));
        Assert.Empty(person["nextRun"]!.AsArray());
        Assert.Contains("I1 true May sign in with the directory password.", Rules(person));
        var last = explained["lastChanges"]!.AsArray().Select(past => $"{past!["change"]!["rule"]} {past["change"]!["field"]} {past["change"]!["after"]}").ToList();
        Assert.Contains("U1 login anna", last);
        Assert.Contains(last, change => change.StartsWith("R3 ", StringComparison.Ordinal));
        Assert.DoesNotContain("U1 login ben", last);
        Assert.Equal(0, app.RecordWrites);
    }

    [Fact]
    public async Task Explain_BeforeARun_PlansForThePersonWhatTheRunThenDoes()
    {
        await using var app = await StartAsync();
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(
            People.Replacing("dora", "pwdAccountLockedTime", "000001010000Z") + People.Leaving("staff", "anna") + People.Joining("project", "anna")
            + People.Joining("staff", "emil") + People.Replacing("anna", "cn", "Anna Neu"));
        var planned = new List<string>();
        foreach (var login in new[] { "anna", "dora", "emil" })
        {
            var person = Assert.Single((await ExplainAsync(app, login))["people"]!.AsArray())!;
            planned.AddRange(person["nextRun"]!.AsArray().Select(change => $"{change!["rule"]} {change["action"]} {change["name"]} {change["field"]}: {change["before"]} -> {change["after"]}"));
            Assert.Contains(Rules(person), rule => rule.StartsWith(login switch { "anna" => "R3 true", "dora" => "U3 true The account is off", _ => "U1 true Becomes a user" }, StringComparison.Ordinal));
        }

        var done = await app.ChangesAsync(await app.CompleteAsync());

        Assert.Equal(done.Order(StringComparer.Ordinal), planned.Order(StringComparer.Ordinal));
        var dora = Assert.Single((await ExplainAsync(app, "dora"))["people"]!.AsArray())!;
        Assert.Equal("lockedByAdministrator", (string?)dora["directory"]!["status"]![0]!["kind"]);
        Assert.Contains("I2 true Cannot sign in: the user is inactive.", Rules(dora));
    }

    [Fact]
    public async Task Explain_OnlyInOnePlace_SaysWhyThereIsNoMore()
    {
        await using var app = await StartAsync(body =>
        {
            body["filters"] = new JsonObject { ["users"] = "(&(objectClass=inetOrgPerson)(!(employeeType=external)))" };
        });
        await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "guest", ["fullName"] = "By hand" });
        await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "ben", ["fullName"] = "Another Ben" });
        await app.Slapd.ModifyAsync(People.Adding("xaver", "Xaver External", "employeeType: external"));
        await app.CompleteAsync();

        var emil = Assert.Single((await ExplainAsync(app, "emil"))["people"]!.AsArray())!;
        Assert.Null(emil["stored"]);
        Assert.Contains("U1 false Not imported: in none of the linked groups, and only their members are.", Rules(emil));

        var xaver = Assert.Single((await ExplainAsync(app, "xaver"))["people"]!.AsArray())!;
        Assert.False((bool)xaver["directory"]!["inUsersFilter"]!);
        Assert.Null(xaver["directory"]!["attributes"]);
        Assert.DoesNotContain("Xaver External", xaver.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("U1 false The entry exists, but the users filter does not find it.", Rules(xaver));

        var guest = Assert.Single((await ExplainAsync(app, "guest"))["people"]!.AsArray())!;
        Assert.Null(guest["directory"]);
        Assert.Contains("I2 true Cannot sign in: the user is not linked to a directory user.", Rules(guest));

        // The directory user and the one who stands in the way.
        var both = (await ExplainAsync(app, "ben"))["people"]!.AsArray();
        Assert.Equal(2, both.Count);
        Assert.Contains(Rules(both[0]!), rule => rule.StartsWith("U5 true", StringComparison.Ordinal));
        Assert.Equal((string?)Assert.Single(await app.ItemsAsync($"api/directories/{Api.Directory}/collisions"))["id"], (string?)both[0]!["collisionId"]);
        Assert.Empty((await ExplainAsync(app, "nobody"))["people"]!.AsArray());
    }

    [Fact]
    public async Task Explain_TwoDirectoryUsersWithOneLogin_TellsBoth()
    {
        await using var app = await StartAsync();
        await app.Slapd.ModifyAsync(
            $"dn: ou=more,ou=people,{Slapd.Suffix}\nobjectClass: organizationalUnit\nou: more\n\n"
            + $"dn: uid=ben,ou=more,ou=people,{Slapd.Suffix}\nobjectClass: inetOrgPerson\nuid: ben\nsn: ben\ncn: Ben Two\n\n"
            + $"dn: {People.GroupName("staff")}\nchangetype: modify\nadd: member\nmember: uid=ben,ou=more,ou=people,{Slapd.Suffix}\n\n");

        var people = (await ExplainAsync(app, "ben"))["people"]!.AsArray();

        Assert.Equal(["Ben Becker", "Ben Two"], people.Select(person => (string)person!["directory"]!["attributes"]!["fullName"]!).Order(StringComparer.Ordinal));
        Assert.All(people, person => Assert.Contains(Rules(person!), rule => rule.StartsWith("U5 true More than one directory user", StringComparison.Ordinal)));
        await app.CompleteAsync();
        Assert.Equal(["shared", "shared"], (await app.ItemsAsync($"api/directories/{Api.Directory}/collisions")).Select(collision => (string?)collision["kind"]));
    }

    [Fact]
    [Trait("Rule", "S2")]
    public async Task Explain_SpecialCharacters_StandForThemselves()
    {
        await using var app = await StartAsync();
        foreach (var login in new[] { "*", "an*", "anna)(uid=*", "(", "\\", "\\2a", "+ #;<>" })
        {
            Assert.Empty((await ExplainAsync(app, login))["people"]!.AsArray());
        }

        var explain = $"api/directories/{Api.Directory}/explain";
        foreach (var query in new[] { "", "?login=", "?login=a%00b", $"?login={new string('x', 5000)}" })
        {
            var problem = await app.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Get, explain + query);
            Assert.Equal(["login"], problem["errors"]!.AsObject().Select(error => error.Key));
        }

        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "api/directories/nowhere/explain?login=anna");
        await app.Slapd.StopAsync();
        await app.ProblemAsync(HttpStatusCode.BadGateway, HttpMethod.Get, $"{explain}?login=anna");
    }

    private static List<string> Rules(JsonNode person) =>
        [.. person["rules"]!.AsArray().Select(rule => $"{rule!["rule"]} {((bool)rule["applies"]! ? "true" : "false")} {rule["why"]}")];

    private static Task<JsonNode> ExplainAsync(Installation app, string login) =>
        app.GetAsync($"api/directories/{Api.Directory}/explain?login={Uri.EscapeDataString(login)}");

    private async Task<Installation> StartAsync(Action<JsonObject>? settings = null)
    {
        var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(settings);
        await app.LinkAsync("staff", "project");
        return app;
    }
}
