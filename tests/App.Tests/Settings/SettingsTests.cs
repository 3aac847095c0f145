using System.Net;
using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.App.Tests.Settings;

/// <summary>Rule S1: whatever is wrong with settings is a clear error that names the field, and nothing is saved.</summary>
public sealed class SettingsTests(Emulator emulator) : IClassFixture<Emulator>
{
    private const string Path = $"api/directories/{Api.Directory}/settings";

    public static TheoryData<string, string, string?> Mistakes => new()
    {
        { "connection.password", "connection.password", "not-the-password" },
        { "connection.serverName", "connection.serverName", "no-such-host.invalid:636" },
        { "connection.serverName", "connection.serverName", "localhost:1" },
        { "connection.trustedCertificates", "connection.trustedCertificates", null },
        { "filters.users", "filters.users", "(&(objectClass=inetOrgPerson)(!uid=admin))" },
        { "filters.groupUsers", "filters.groupUsers", "(memberOf=[#LDAPGroup#])" },
        { "users.searchBase", "users.searchBase", $"ou=nowhere,{Slapd.Suffix}" },
        { "groups.searchBase", "groups.searchBase", $"ou=nowhere,{Slapd.Suffix}" },
        { "users.login", "users.login", "" },
        { "connection.timeoutSeconds", "connection.timeoutSeconds", "soon" },
        { "users.nickname", "users.nickname", "cn" },
    };

    [Theory]
    [Trait("Rule", "S1")]
    [MemberData(nameof(Mistakes))]
    public async Task Save_OneFieldWrong_NamesTheFieldAndSavesNothing(string named, string field, string? value)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        var parts = field.Split('.');
        var body = app.SettingsBody(body => (body[parts[0]] ??= new JsonObject())[parts[1]] = value);

        using var answer = await app.TrySendAsync(HttpMethod.Put, Path, body);

        Assert.True(answer.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest, $"{answer.StatusCode}");
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var errors = JsonNode.Parse(text)!["errors"]!.AsObject();
        Assert.Equal([named], errors.Select(error => error.Key));
        Assert.DoesNotContain(Slapd.ReaderPassword, text, StringComparison.Ordinal);
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, Path);
    }

    [Fact]
    [Trait("Rule", "S1")]
    public async Task Save_MalformedFilter_TellsThePlace()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        var problem = await app.ProblemAsync(
            HttpStatusCode.UnprocessableEntity, HttpMethod.Put, Path, app.SettingsBody(body => body["filters"] = new JsonObject { ["users"] = "(&(cn=a)(!uid=b))" }));

        Assert.Matches("character 1[01]\\b", (string?)problem["errors"]!["filters.users"]![0]);
    }

    [Fact]
    [Trait("Rule", "S3")]
    public async Task Save_NewDirectory_StartsARunAndNeverTellsThePassword()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());

        var saved = await app.SendAsync(HttpMethod.Put, Path, app.SettingsBody());
        var run = await app.EndOfAsync((string)saved["runId"]!);

        Assert.Equal("completed", (string?)run["status"]);
        Assert.Equal("settingsSaved", (string?)run["trigger"]);
        var told = await app.GetAsync(Path);
        Assert.True((bool)told["hasPassword"]!);
        Assert.DoesNotContain(Slapd.ReaderPassword, told.ToJsonString() + saved.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_WithoutThePassword_KeepsTheSavedOne()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.ConfigureAsync(body =>
        {
            body["connection"]!.AsObject().Remove("password");
            body["schedule"]!["intervalHours"] = 12;
        });

        await app.CompleteAsync();
        Assert.Equal(12, (int)(await app.GetAsync(Path))["schedule"]!["intervalHours"]!);
    }

    [Fact]
    public async Task Save_TagOfAnEarlierState_IsRefused()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        using var first = await app.Http.GetAsync(new Uri(Path, UriKind.Relative), TestContext.Current.CancellationToken);
        await app.ConfigureAsync(body => body["schedule"]!["intervalHours"] = 3);

        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"{Path}?start=false", UriKind.Relative))
        {
            Content = System.Net.Http.Json.JsonContent.Create(app.SettingsBody()),
        };
        request.Headers.IfMatch.Add(first.Headers.ETag!);
        using var answer = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
        Assert.Equal(3, (int)(await app.GetAsync(Path))["schedule"]!["intervalHours"]!);
    }

    [Fact]
    public async Task Test_GoodSettings_ShowsServerCountsAndSamples()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());

        var trial = await app.SendAsync(HttpMethod.Post, $"{Path}/test", app.SettingsBody());

        Assert.True((bool)trial["ok"]!, trial.ToJsonString());
        Assert.Equal("openLdap", (string?)trial["server"]!["kind"]);
        Assert.Equal(5, (int)trial["users"]!["count"]!);
        Assert.Equal(5, trial["users"]!["sample"]!.AsArray().Count);
        Assert.Equal(2, (int)trial["groups"]!["count"]!);
    }

    [Fact]
    public async Task Test_ClientCertificateOfTheSecretStore_SignsInWithIt()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        var (certificate, key) = app.Slapd.Authority.Issue("sync-client", []);
        await app.Host.Services.GetRequiredService<Storage.Secrets.ISecretStore>().SetAsync("directory-client", $"{certificate}\n{key}", TestContext.Current.CancellationToken);

        var tried = await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/settings/test", app.SettingsBody(body =>
        {
            body["connection"]!["authenticationType"] = "external";
            body["connection"]!["clientCertificateSecret"] = "directory-client";
            body["connection"]!.AsObject().Remove("administratorLogin");
            body["connection"]!.AsObject().Remove("password");
        }));

        Assert.True((bool)tried["ok"]!, tried.ToJsonString());
        Assert.Contains("client certificate over LDAPS", tried["server"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_WrongPassword_SaysSoWithoutIt()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());

        var trial = await app.SendAsync(HttpMethod.Post, $"{Path}/test", app.SettingsBody(body => body["connection"]!["password"] = "canary-123"));

        Assert.False((bool)trial["ok"]!);
        Assert.Equal("connection.password", (string?)trial["failure"]!["field"]);
        Assert.Equal("invalidCredentials", (string?)trial["failure"]!["kind"]);
        Assert.DoesNotContain("canary-123", trial.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lookups_InTheDirectory_FindByPartOfTheName()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();

        Assert.Equal(["project", "staff"], (await app.ItemsAsync($"api/directories/{Api.Directory}/groups")).Select(group => (string?)group["name"]));
        var user = Assert.Single(await app.ItemsAsync($"api/directories/{Api.Directory}/users?search=chlo%C3%A9"));
        Assert.Equal("chloe", (string?)user["login"]);
        Assert.Empty(await app.ItemsAsync($"api/directories/{Api.Directory}/users?search={Uri.EscapeDataString("*)(uid=*\0")}"));
    }
}
