using System.Net;
using System.Text.Json.Nodes;
using LdapSync.App.Callers;
using LdapSync.App.Tests.Callers;
using LdapSync.Storage.Auditing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.App.Tests.Auditing;

/// <summary>Every change by hand is written down with its author, its before and its after; what a synchronization changes is not.</summary>
public sealed class AuditTests(Emulator emulator) : IClassFixture<Emulator>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_ByHand_AreRecordedWithAuthorBeforeAndAfter()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few(), settings: AccessTests.AppService);
        app.Http.DefaultRequestHeaders.Add(AppServicePrincipal.Header, AccessTests.Principal(["Administrator"]));
        await app.ConfigureAsync();
        await app.ConfigureAsync(body => body["schedule"]!["intervalHours"] = 12);
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        var user = await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "by.hand", ["fullName"] = "By Hand" });
        var userId = (string)user["id"]!;
        await app.SendAsync(HttpMethod.Put, $"api/roles/staff/members/{userId}", null);
        await app.SendAsync(HttpMethod.Delete, $"api/roles/staff/members/{userId}", null);

        var items = (await app.GetAsync("api/audit?pageSize=1000"))["items"]!.AsArray().Select(item => item!).ToList();
        Assert.All(items, item => Assert.Equal("ada@example.test", (string?)item["who"]));
        Assert.All(items, item => Assert.True((bool)item["confirmed"]!));
        Assert.Equal(items.Select(item => (string?)item["id"]).Order(StringComparer.Ordinal), items.Select(item => (string?)item["id"]));

        string[] expected =
        [
            $"member removed staff/{userId}", $"member created staff/{userId}", $"user created {userId}", "run created", "role created staff",
            "directory changed example", "secret changed directory-example-password", "directory created example",
        ];
        var told = items.Select(item => $"{item["kind"]} {item["action"]}{((string)item["kind"]! == "run" ? "" : $" {item["subject"]}")}");
        Assert.Equal(expected.Select(Shape), told.Select(Shape));

        var change = items.Single(item => (string?)item["kind"] == "directory" && (string?)item["action"] == "changed");
        Assert.Equal("""{"schedule":{"intervalHours":0}}""", Settings(change["before"]));
        Assert.Equal("""{"schedule":{"intervalHours":12}}""", Settings(change["after"]));
        Assert.Equal("by.hand", (string?)items.Single(item => (string?)item["kind"] == "user")["after"]!["Login"]);
        Assert.DoesNotContain(TestBed.Slapd.ReaderPassword, new JsonArray([.. items.Select(item => item.DeepClone())]).ToJsonString(), StringComparison.Ordinal);

        // The secret's name is not part of the contract; that it is told without a value is.
        static string Shape(string line) => line.StartsWith("secret ", StringComparison.Ordinal) ? "secret" : line;
        static string Settings(JsonNode? state) => Assert.Single(state!.AsObject()).Value!.ToJsonString();
    }

    [Fact]
    public async Task Audit_AskedByKindAndPage_GivesAllInOrderAndNothingElse()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        for (var i = 0; i < 5; i++)
        {
            await app.SendAsync(HttpMethod.Post, "api/accounts", new JsonObject { ["name"] = $"Account {i}" });
        }

        await app.SendAsync(HttpMethod.Post, "api/job-titles", new JsonObject { ["name"] = "Engineer" });
        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await app.GetAsync($"api/audit?kind=account&pageSize=2{(next is null ? "" : $"&continuation={next}")}");
            names.AddRange(page["items"]!.AsArray().Select(item => (string)item!["after"]!["Name"]!));
            next = (string?)page["continuation"];
        }
        while (next is not null);

        Assert.Equal(["Account 4", "Account 3", "Account 2", "Account 1", "Account 0"], names);
        using var refused = await app.TrySendAsync(HttpMethod.Get, "api/audit?continuation=%25");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Change_ThatFails_LeavesNoRecord()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        Assert.Empty((await app.GetAsync("api/audit"))["items"]!.AsArray());
        var audit = app.Host.Services.GetRequiredService<AuditStore>();
        app.Host.Services.GetRequiredService<AuditScope>().Actor = new("key", "function key");
        await Assert.ThrowsAsync<InvalidOperationException>(() => audit.ActAsync<bool>(
            "role", Core.Auditing.AuditAction.Changed, "staff", null, new JsonObject { ["Name"] = "x" }, () => throw new InvalidOperationException(), Token));

        Assert.Empty((await app.GetAsync("api/audit"))["items"]!.AsArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Change_ThatMayHaveBeenMade_LeavesAnUnconfirmedRecord(bool callerIsGone)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        Assert.Empty((await app.GetAsync("api/audit"))["items"]!.AsArray());
        var audit = app.Host.Services.GetRequiredService<AuditStore>();
        app.Host.Services.GetRequiredService<AuditScope>().Actor = new("key", "function key");
        Exception failure = callerIsGone ? new OperationCanceledException() : new Storage.StorageUnavailableException("no answer", new TimeoutException());
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => audit.ActAsync<bool>(
            "role", Core.Auditing.AuditAction.Changed, "staff", null, new JsonObject { ["Name"] = "x" }, () => throw failure, Token));

        Assert.Same(failure, thrown);
        var record = Assert.Single((await app.GetAsync("api/audit"))["items"]!.AsArray())!;
        Assert.Equal(("staff", false), ((string?)record["subject"], (bool)record["confirmed"]!));
    }

    [Fact]
    public async Task Purge_OfOldRecords_KeepsTheYoung()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.SendAsync(HttpMethod.Post, "api/accounts", new JsonObject { ["name"] = "Account" });
        var audit = app.Host.Services.GetRequiredService<AuditStore>();

        Assert.Equal(0, await audit.PurgeAsync(TimeProvider.System.GetUtcNow().AddMinutes(-5), Token));
        Assert.Single((await app.GetAsync("api/audit"))["items"]!.AsArray());
        Assert.Equal(1, await audit.PurgeAsync(TimeProvider.System.GetUtcNow().AddMinutes(5), Token));
        Assert.Empty((await app.GetAsync("api/audit"))["items"]!.AsArray());
    }
}
