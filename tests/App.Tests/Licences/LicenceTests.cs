using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace LdapSync.App.Tests.Licences;

/// <summary>Rules L1 to L3 on OpenLDAP.</summary>
public sealed class LicenceTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "L1")]
    [Trait("Rule", "L2")]
    [Trait("Rule", "L3")]
    public async Task Runs_MorePeopleThanLicences_GrantInOrderTakeBackAndGrantLater()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await SaveAsync(app, "crm", "CRM", 2);

        // The preview says it beforehand and grants nothing.
        var preview = await app.CompleteAsync(dryRun: true);
        Assert.Equal((2, 1), ((int)preview["licences"]![0]!["grants"]!, (int)preview["licences"]![0]!["missing"]!));
        Assert.Contains("needs 1 more licence than available", (string?)preview["warnings"]![0], StringComparison.Ordinal);
        Assert.Equal(0, (int)(await app.GetAsync("api/licences/crm"))["granted"]!);

        var first = await app.CompleteAsync();
        Assert.Equal(2, (int)first["totals"]!["licencesGranted"]!);
        Assert.Equal(await LicenceChangesAsync(app, preview), await LicenceChangesAsync(app, first));
        Assert.Equal((2, 0, 1), await CountsAsync(app, "crm"));

        // Later members wait behind those who came before.
        await app.LinkAsync("project");
        var second = await app.CompleteAsync();
        Assert.Empty(await LicenceChangesAsync(app, second));
        var waiting = await app.ItemsAsync("api/licences/crm/waiting?pageSize=1");
        Assert.Equal(2, waiting.Count);
        Assert.Equal("dora", (string?)waiting[1]["login"]);
        Assert.Equal([1, 2], waiting.Select(entry => (int)entry["position"]!));

        // Nothing changed: nothing written.
        app.Storage.Reset();
        var third = await app.CompleteAsync();
        Assert.Equal(0, (int)third["totals"]!["applied"]!);
        Assert.Equal(0, app.RecordWrites);

        // A deactivated user's licence goes back, and to who waits longest.
        var holder = (string)(await app.ItemsAsync("api/licences/crm/holders"))[0]["login"]!;
        await app.Slapd.ModifyAsync(People.Deleting(holder));
        var fourth = await app.CompleteAsync();
        Assert.Equal([$"L1 add {waiting[0]["login"]}", $"L3 remove {holder}"], await LicenceChangesAsync(app, fourth));
        Assert.Equal((2, 0, 1), await CountsAsync(app, "crm"));

        // The total rises: the next run grants to who waited.
        await SaveAsync(app, "crm", "CRM", 10);
        var fifth = await app.CompleteAsync();
        Assert.Equal(["L1 add dora"], await LicenceChangesAsync(app, fifth));
        Assert.Equal((3, 7, 0), await CountsAsync(app, "crm"));
        Assert.Empty(fifth["warnings"]!.AsArray());
        Assert.Equal(0, (int)(await app.CompleteAsync("changed"))["totals"]!["applied"]!);
    }

    [Fact]
    [Trait("Rule", "L1")]
    public async Task Run_ProductsInSettings_GrantsOnlyThose()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await SaveAsync(app, "crm", "CRM", 10);
        await SaveAsync(app, "erp", "ERP", 10);
        await app.ConfigureAsync(body => body["options"] = new JsonObject { ["licenceProducts"] = new JsonArray("erp") });
        await app.LinkAsync("staff");

        await app.CompleteAsync();
        Assert.Equal((0, 3), ((await CountsAsync(app, "crm")).Granted, (await CountsAsync(app, "erp")).Granted));

        // Now all of them: everybody is looked at again.
        await app.ConfigureAsync();
        await app.CompleteAsync();
        Assert.Equal((3, 3), ((await CountsAsync(app, "crm")).Granted, (await CountsAsync(app, "erp")).Granted));
    }

    [Fact]
    [Trait("Rule", "L1")]
    public async Task Run_WaiterUnboundMeanwhile_GrantsToTheNextOne()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await SaveAsync(app, "crm", "CRM", 1);
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        var waiting = await app.ItemsAsync("api/licences/crm/waiting");
        Assert.Equal(2, waiting.Count);
        var users = await app.UsersAsync();
        await app.SendAsync(HttpMethod.Post, $"api/users/{users[(string)waiting[0]["login"]!]["id"]}/unbind");
        await SaveAsync(app, "crm", "CRM", 2);

        Assert.Equal([$"L1 add {waiting[1]["login"]}"], await LicenceChangesAsync(app, await app.CompleteAsync()));
        Assert.Equal((2, 0, 0), await CountsAsync(app, "crm"));
    }

    [Fact]
    [Trait("Rule", "L1")]
    [Trait("Rule", "L3")]
    public async Task Run_SwitchedOff_GrantsAndTakesBackNothing()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await SaveAsync(app, "crm", "CRM", 2);
        await app.ConfigureAsync(body => body["options"] = new JsonObject { ["reclaimLicences"] = false });
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        var holder = (string)(await app.ItemsAsync("api/licences/crm/holders"))[0]["login"]!;
        await app.Slapd.ModifyAsync(People.Deleting(holder));

        Assert.Empty(await LicenceChangesAsync(app, await app.CompleteAsync()));
        Assert.Equal((2, 0, 1), await CountsAsync(app, "crm"));

        await app.ConfigureAsync(body => body["options"] = new JsonObject { ["grantLicences"] = false });
        Assert.Equal([$"L3 remove {holder}"], await LicenceChangesAsync(app, await app.CompleteAsync()));
        Assert.Equal((1, 1, 0), await CountsAsync(app, "crm"));
    }

    [Fact]
    [Trait("Rule", "L1")]
    public async Task Hand_GrantedAndTakenBack_IsLeftAloneOrSetRight()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await SaveAsync(app, "crm", "CRM", 4);
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        var users = await app.UsersAsync();
        var greta = await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "greta", ["fullName"] = "Greta Gould" });

        await app.SendAsync(HttpMethod.Put, $"api/licences/crm/holders/{greta["id"]}");
        await app.SendAsync(HttpMethod.Put, $"api/licences/crm/holders/{greta["id"]}");
        await app.SendAsync(HttpMethod.Delete, $"api/licences/crm/holders/{users["ben"]["id"]}");
        Assert.Equal((3, 1, 0), await CountsAsync(app, "crm"));

        Assert.Equal(["L1 add ben"], await LicenceChangesAsync(app, await app.CompleteAsync()));
        Assert.Equal((4, 0, 0), await CountsAsync(app, "crm"));
        var refused = await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"api/licences/crm/holders/{(await AnotherAsync(app))["id"]}");
        Assert.Contains("All 4 licences", (string?)refused["detail"], StringComparison.Ordinal);
        Assert.Equal(["anna", "ben", "chloe", "greta"], (await app.ItemsAsync("api/licences/crm/holders")).Select(item => (string)item["login"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Save_BadInput_IsRefusedWithTheField()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await SaveAsync(app, "crm", "CRM", 3);
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();

        await RefusedAsync(app, "crm", "CRM", 2, "total");
        await RefusedAsync(app, "crm", "CRM", -1, "total");
        await RefusedAsync(app, "crm", " ", 5, "name");
        await RefusedAsync(app, "crm", new string('x', 10_000), 5, "name");
        await RefusedAsync(app, "crm", "a\u0000b", 5, "name");
        await RefusedAsync(app, "CRM%20*", "CRM", 5, "productId");
        await app.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Put, "api/licences/crm", new JsonObject { ["name"] = "CRM", ["total"] = 1.5 });
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "api/licences/erp");
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "api/licences/erp/waiting");
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Put, $"api/licences/crm/holders/{new string('0', 32)}");
        await app.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "api/licences/crm/waiting?continuation=x");
        await app.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "api/licences/crm/holders?continuation=x");
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Delete, "api/licences/crm");
        Assert.Equal((3, 0, 0), await CountsAsync(app, "crm"));

        await app.SendAsync(HttpMethod.Delete, "api/licences/crm?withGrants=true");
        Assert.Empty(await app.ItemsAsync("api/licences"));
        Assert.Equal(0, (int)(await app.CompleteAsync())["totals"]!["applied"]!);
    }

    private static async Task RefusedAsync(Installation app, string product, string name, int total, string field)
    {
        var problem = await app.ProblemAsync(
            HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"api/licences/{product}", new JsonObject { ["name"] = name, ["total"] = total });
        Assert.NotNull(problem["errors"]![field]);
    }

    private static Task<JsonNode> SaveAsync(Installation app, string product, string name, int total) =>
        app.SendAsync(HttpMethod.Put, $"api/licences/{product}", new JsonObject { ["name"] = name, ["total"] = total });

    private static Task<JsonNode> AnotherAsync(Installation app) =>
        app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "henry", ["fullName"] = "Henry Hall" });

    private static async Task<(int Granted, int Available, int Waiting)> CountsAsync(Installation app, string product)
    {
        var view = await app.GetAsync($"api/licences/{product}");
        return ((int)view["granted"]!, (int)view["available"]!, (int)view["waiting"]!);
    }

    private static async Task<List<string>> LicenceChangesAsync(Installation app, JsonNode run) =>
        [.. (await app.ItemsAsync($"api/runs/{run["id"]}/changes?pageSize=1000")).Where(change => (string?)change["object"] == "licence")
            .Select(change => $"{change["rule"]} {change["action"]} {change["name"]}").Order(StringComparer.Ordinal)];
}
