using System.Net;
using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Records;

/// <summary>Rule R8: groups become roles, many at once; and the tree stays a tree.</summary>
public sealed class RoleImportTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "R8")]
    public async Task Import_AllGroups_MakesRolesOnceWhoseUsersComeWithTheNextRun()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();

        var preview = await ImportAsync(app, dryRun: true);
        Assert.Equal(2, (int)preview["created"]!);
        Assert.Empty(await app.ItemsAsync("api/roles"));
        var imported = await ImportAsync(app);
        var again = await ImportAsync(app);
        var run = await app.CompleteAsync();

        Assert.Equal(preview["items"]!.ToJsonString(), imported["items"]!.ToJsonString());
        Assert.Equal((0, 2), ((int)again["created"]!, (int)again["existing"]!));
        Assert.Equal(["project", "staff"], (await app.ItemsAsync("api/roles")).Select(role => (string)role["name"]!).Order(StringComparer.Ordinal));
        Assert.Equal(4, (int)run["totals"]!["created"]!);
    }

    [Fact]
    [Trait("Rule", "R8")]
    public async Task Import_ParentsFromUnits_MakesATreeOfDepartments()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.Slapd.ModifyAsync(
            $"dn: ou=Sales,ou=groups,{Slapd.Suffix}\nchangetype: add\nobjectClass: organizationalUnit\nou: Sales\n\n"
            + $"dn: ou=Europe,ou=Sales,ou=groups,{Slapd.Suffix}\nchangetype: add\nobjectClass: organizationalUnit\nou: Europe\n\n"
            + $"dn: cn=north,ou=Europe,ou=Sales,ou=groups,{Slapd.Suffix}\nchangetype: add\nobjectClass: groupOfNames\ncn: north\nmember: {People.Name("anna")}\n\n");

        var imported = await ImportAsync(app, body => (body["kind"], body["parents"]) = ("department", "units"));

        var roles = (await app.ItemsAsync("api/roles")).ToDictionary(role => (string)role["name"]!, StringComparer.Ordinal);
        Assert.Equal(5, (int)imported["created"]!);
        Assert.Equal((string?)roles["Europe"]["id"], (string?)roles["north"]["parentId"]);
        Assert.Equal((string?)roles["Sales"]["id"], (string?)roles["Europe"]["parentId"]);
        Assert.Null(roles["Sales"]["parentId"]);
        Assert.Null(roles["staff"]["parentId"]);
    }

    [Fact]
    [Trait("Rule", "R8")]
    public async Task Import_ParentsFromNesting_LeavesOutTheLinkThatWouldCloseARing()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.Slapd.ModifyAsync(
            $"dn: {People.GroupName("staff")}\nchangetype: modify\nadd: member\nmember: {People.GroupName("project")}\n\n"
            + $"dn: {People.GroupName("project")}\nchangetype: modify\nadd: member\nmember: {People.GroupName("staff")}\n\n");

        await ImportAsync(app, body => (body["kind"], body["parents"]) = ("department", "nesting"));

        var roles = (await app.ItemsAsync("api/roles")).ToDictionary(role => (string)role["name"]!, StringComparer.Ordinal);
        Assert.Single(roles.Values, role => role["parentId"] is not null);
    }

    [Fact]
    [Trait("Rule", "R8")]
    public async Task Import_WhatCannotBe_IsSaid()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();

        var unknown = await ImportAsync(app, body => body["groupIds"] = new JsonArray("0123"));
        var functional = await app.ProblemAsync(
            HttpStatusCode.UnprocessableEntity, HttpMethod.Post, "api/roles/import", new JsonObject { ["directoryId"] = Api.Directory, ["parents"] = "units" });

        Assert.Equal(1, (int)unknown["notFound"]!);
        Assert.NotNull(functional["errors"]!["kind"]);
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Post, "api/roles/import", new JsonObject { ["directoryId"] = "nobody" });
    }

    [Fact]
    [Trait("Rule", "R1")]
    public async Task Tree_TwoChangesAtOnceThatMakeARing_NeverLeavesOne()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        for (var round = 0; round < 8; round++)
        {
            var (one, other) = ($"one-{round}", $"other-{round}");
            foreach (var id in new[] { one, other })
            {
                await app.SendAsync(HttpMethod.Post, "api/roles", new JsonObject { ["id"] = id, ["name"] = id, ["kind"] = "department" });
            }

            await Task.WhenAll(MoveAsync(one, other), MoveAsync(other, one));
            Assert.False((await app.GetAsync($"api/roles/{one}"))["parentId"] is not null && (await app.GetAsync($"api/roles/{other}"))["parentId"] is not null);
        }

        async Task MoveAsync(string id, string parent)
        {
            using var answer = await app.TrySendAsync(HttpMethod.Put, $"api/roles/{id}", new JsonObject { ["name"] = id, ["kind"] = "department", ["parentId"] = parent });
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity or HttpStatusCode.PreconditionFailed);
        }
    }

    private static async Task<JsonNode> ImportAsync(Installation app, Action<JsonObject>? change = null, bool dryRun = false)
    {
        var body = new JsonObject { ["directoryId"] = Api.Directory, ["dryRun"] = dryRun };
        change?.Invoke(body);
        return await app.SendAsync(HttpMethod.Post, "api/roles/import", body);
    }
}
