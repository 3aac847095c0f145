using System.Net;
using System.Text.Json.Nodes;
using LdapSync.Storage.Records;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.App.Tests.Notifications;

/// <summary>Rules N1 to N6 on OpenLDAP, with a real mail server and a real receiver of webhooks.</summary>
public sealed class NotificationTests(Emulator emulator) : IClassFixture<Emulator>
{
    private const string Admin = "admin@example.test";

    [Fact]
    [Trait("Rule", "N1")]
    public async Task Run_Ends_IsInTheFeedAndByMailToWhoAsked()
    {
        await using var mail = MailServer.Start();
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await MailAsync(app, mail);
        await app.ConfigureAsync(Notify);
        await app.LinkAsync("staff");

        await app.CompleteAsync();
        var started = await app.SendAsync(
            HttpMethod.Post, $"api/directories/{Api.Directory}/sync", new JsonObject { ["dryRun"] = true, ["notifyEmail"] = "starter@example.test" });
        await app.EndOfAsync((string)started["runId"]!);

        var received = Assert.Single(await mail.WaitForAsync(1));
        Assert.Equal(["starter@example.test"], received.Recipients);
        Assert.Equal($"Preview ready: {Api.Directory}", received.Message.Subject);
        var feed = await app.GetAsync("api/notifications?unread=true");
        Assert.Equal([$"Preview ready: {Api.Directory}", $"Synchronization completed: {Api.Directory}"], Titles(feed));
        Assert.Equal(2, (int)feed["unread"]!);

        var id = (string)feed["items"]![0]!["id"]!;
        await app.SendAsync(HttpMethod.Put, $"api/notifications/{id}/read");
        Assert.Single(Titles(await app.GetAsync("api/notifications?unread=true")));
        await app.SendAsync(HttpMethod.Delete, $"api/notifications/{id}/read");
        await app.SendAsync(HttpMethod.Post, "api/notifications/read");
        Assert.Equal(0, (int)(await app.GetAsync("api/notifications"))["unread"]!);
        Assert.Equal(2, Titles(await app.GetAsync($"api/notifications?directoryId={Api.Directory}")).Count);
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Put, "api/notifications/0123/read");
        await app.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "api/notifications?unread=perhaps");
        await app.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, $"api/directories/{Api.Directory}/sync", new JsonObject { ["notifyEmail"] = "nobody" });
    }

    [Fact]
    [Trait("Rule", "N2")]
    [Trait("Rule", "N6")]
    public async Task Run_TooFewLicences_TellsOnceUntilItGetsWorse()
    {
        await using var mail = MailServer.Start();
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await MailAsync(app, mail);
        await app.SendAsync(HttpMethod.Put, "api/licences/crm", new JsonObject { ["name"] = "CRM", ["total"] = 2 });
        await app.ConfigureAsync(Notify);
        await app.LinkAsync("staff");

        await app.CompleteAsync();
        var first = Assert.Single(await mail.WaitForAsync(1));
        Assert.Equal("Too few licences: CRM needs 1 more", first.Message.Subject);
        var waiting = (await app.ItemsAsync("api/licences/crm/waiting"))[0];
        Assert.Contains($"- {waiting["fullName"]} ({waiting["login"]})", first.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("https://sync.example.test/licences/crm", first.Message.HtmlBody, StringComparison.Ordinal);

        await app.CompleteAsync();
        await app.LinkAsync("project");
        await app.CompleteAsync();
        var second = (await mail.WaitForAsync(2))[1];
        Assert.Equal("Too few licences: CRM needs 2 more", second.Message.Subject);

        // Taken back: it has looked for nobody's licence, and what is told of goes on.
        await app.Slapd.ModifyAsync(People.Replacing("anna", "telephoneNumber", "+41 44 000 00 07"));
        var run = await app.CompleteAsync();
        var undo = await app.SendAsync(HttpMethod.Post, $"api/runs/{run["id"]}/undo", new JsonObject());
        Assert.Equal("completed", (string?)(await app.EndOfAsync((string)undo["runId"]!))["status"]);
        await app.CompleteAsync();
        Assert.Equal(2, Titles(await app.GetAsync("api/notifications")).Count(title => title.StartsWith("Too few", StringComparison.Ordinal)));

        // Enough, and too few again: another cause.
        await app.SendAsync(HttpMethod.Put, "api/licences/crm", new JsonObject { ["name"] = "CRM", ["total"] = 4 });
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Joining("staff", "emil"));
        await app.CompleteAsync();
        Assert.Equal("Too few licences: CRM needs 1 more", (await mail.WaitForAsync(3))[2].Message.Subject);
        Assert.Equal(3, Titles(await app.GetAsync("api/notifications")).Count(title => title.StartsWith("Too few", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Rule", "N3")]
    public async Task Run_OverALimit_TellsWithDeadlineAndPlan()
    {
        await using var mail = MailServer.Start();
        var people = new People().Crowd(30);
        people.Group("staff", [.. people.Logins]);
        await using var app = await Installation.StartAsync(emulator, people);
        await MailAsync(app, mail);
        await app.ConfigureAsync(Notify);
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(string.Concat(people.Logins.Take(20).Select(People.Deleting)));

        var runId = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/sync"))["runId"]!;
        var run = await app.WhenAsync(runId, "waitingForApproval");
        var message = Assert.Single(await mail.WaitForAsync(1)).Message;

        Assert.Equal($"Approval needed: {Api.Directory}", message.Subject);
        Assert.Contains((string)run["planHash"]!, message.TextBody, StringComparison.Ordinal);
        Assert.Contains("Deadline:", message.TextBody, StringComparison.Ordinal);
        Assert.Contains($"https://sync.example.test/runs/{runId}", message.TextBody, StringComparison.Ordinal);
        await app.SendAsync(HttpMethod.Post, $"api/runs/{runId}/cancel");
        await app.EndOfAsync(runId);
    }

    [Fact]
    [Trait("Rule", "N4")]
    [Trait("Rule", "N6")]
    public async Task Run_LinkedGroupGone_TellsOnceUntilItIsBack()
    {
        await using var mail = MailServer.Start();
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await MailAsync(app, mail);
        await app.ConfigureAsync(Notify);
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("project")}\nchangetype: delete\n\n");

        await app.CompleteAsync();
        await app.CompleteAsync();

        var message = Assert.Single(await mail.WaitForAsync(1)).Message;
        Assert.StartsWith("Linked group missing: ", message.Subject, StringComparison.Ordinal);
        Assert.Contains(People.GroupName("project"), message.TextBody, StringComparison.Ordinal);
        await DeliveredAsync(app);
        Assert.Single(mail.Received);
        Assert.Single(Titles(await app.GetAsync("api/notifications")), title => title.StartsWith("Linked group", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "N5")]
    [Trait("Rule", "N1")]
    public async Task Runs_DirectoryAway_TellAfterTheThird()
    {
        await using var mail = MailServer.Start();
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await MailAsync(app, mail);
        await app.ConfigureAsync(Notify);
        await app.CompleteAsync();
        await app.Slapd.StopAsync();

        for (var run = 0; run < 4; run++)
        {
            var failed = await app.SyncAsync();
            Assert.Equal("failed", (string?)failed["status"]);
            Assert.DoesNotContain("[unreachable]", (string?)failed["error"], StringComparison.Ordinal);
        }

        // Four that failed, and one about the directory.
        var subjects = (await mail.WaitForAsync(5)).Select(received => received.Message.Subject).ToList();
        Assert.Equal(4, subjects.Count(subject => subject == $"Synchronization failed: {Api.Directory}"));
        Assert.Single(subjects, subject => subject == $"Directory unreachable: {Api.Directory}");
    }

    [Theory]
    [Trait("Rule", "N6")]
    [InlineData("refuses")]
    [InlineData("stalls")]
    [InlineData("away")]
    public async Task MailServer_NotWell_LosesNothingAndHoldsUpNoRun(string how)
    {
        await using var mail = MailServer.Start();
        await using var app = await Installation.StartAsync(emulator, People.Few());
        var well = false;
        mail.OnMessage = async (_, token) =>
        {
            if (well)
            {
                return null;
            }

            if (how == "stalls")
            {
                await Task.Delay(TimeSpan.FromMinutes(5), token);
            }

            return "451 not now";
        };
        await MailAsync(app, mail, how == "away" ? Ports.Free() : mail.Port);
        await app.ConfigureAsync(body =>
        {
            Notify(body);
            body["notifications"]!["emailOn"] = new JsonArray("runCompleted");
        });
        await app.LinkAsync("staff");

        await app.CompleteAsync();
        Assert.Equal(0, (int)(await app.CompleteAsync())["totals"]!["applied"]!);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await app.ItemsAsync("api/deliveries")).Exists(delivery => delivery["lastError"] is not null))
        {
            await Task.Delay(50, limit.Token);
        }

        Assert.Empty(mail.Received);
        well = true;
        await MailAsync(app, mail);

        Assert.Equal(2, (await mail.WaitForAsync(2)).Select(received => received.Message.MessageId).Distinct().Count());
        await DeliveredAsync(app);
        Assert.Equal(2, mail.Received.Count);
        Assert.Equal(2, (await app.ItemsAsync("api/deliveries?closed=true")).Count(delivery => delivery["sent"] is not null));
    }

    [Fact]
    public async Task Recipient_RefusedForGood_IsGivenUpAndTheOtherIsServed()
    {
        await using var mail = MailServer.Start();
        mail.OnRecipient = address => address == "gone@example.test" ? "550 no such user" : null;
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await MailAsync(app, mail);
        await app.ConfigureAsync(body => body["notifications"] = new JsonObject
        {
            ["recipients"] = new JsonArray("gone@example.test", Admin),
            ["emailOn"] = new JsonArray("runCompleted"),
        });

        await app.CompleteAsync();
        await DeliveredAsync(app);

        Assert.Equal([Admin], Assert.Single(mail.Received).Recipients);
        var feed = await app.GetAsync("api/notifications");
        var failed = feed["items"]!.AsArray().Single(item => (string?)item!["kind"] == "deliveryFailed")!;
        Assert.Contains("gone@example.test", failed["facts"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("550", failed["facts"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_AnswersErrorsFirst_IsCalledUntilItTakesIt()
    {
        await using var hook = await WebhookServer.StartAsync();
        hook.OnCall = async (number, token) =>
        {
            if (number == 2)
            {
                await Task.Delay(TimeSpan.FromMinutes(5), token);
            }

            return number == 1 ? 500 : 200;
        };
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(body => body["notifications"] = new JsonObject
        {
            ["webhook"] = new JsonObject { ["enabled"] = true, ["url"] = hook.Url, ["key"] = "a-key-of-some-length", ["on"] = new JsonArray("runCompleted") },
        });

        await app.CompleteAsync();
        await DeliveredAsync(app);

        Assert.Equal(3, hook.Calls.Count);
        Assert.Single(hook.Calls.Select(call => call.Headers["X-LdapSync-Delivery"]).Distinct());
        Assert.StartsWith("t=", hook.Calls[0].Headers["X-LdapSync-Signature"], StringComparison.Ordinal);
        Assert.Equal(3, (int)Assert.Single(await app.ItemsAsync("api/deliveries?closed=true"))["attempts"]!);
        Assert.True((bool)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/webhook/test"))["ok"]!);
    }

    [Fact]
    public async Task Settings_Secrets_CanBeWrittenNeverRead()
    {
        await using var mail = MailServer.Start();
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await MailAsync(app, mail);
        await app.ConfigureAsync(body => body["notifications"] = new JsonObject
        {
            ["webhook"] = new JsonObject { ["enabled"] = true, ["url"] = "https://hooks.example.test/secret-token", ["key"] = "a-secret-key-of-some-length" },
        });

        var settings = await app.GetAsync($"api/directories/{Api.Directory}/settings");
        Assert.True((bool)settings["hasWebhookUrl"]! && (bool)settings["hasWebhookKey"]!);
        var view = await app.GetAsync("api/mail");
        Assert.True((bool)view["hasPassword"]!);
        Assert.DoesNotContain("secret-token", settings.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret-key", settings.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(MailServer.Password, view.ToJsonString(), StringComparison.Ordinal);

        // Left out: kept. Switched on without an address, or with one in clear: refused.
        await app.ConfigureAsync(body => body["notifications"] = new JsonObject { ["webhook"] = new JsonObject { ["enabled"] = true, ["shape"] = "slack" } });
        await RefusedAsync(app, new JsonObject { ["enabled"] = true, ["url"] = "" }, "notifications.webhook.url");
        await RefusedAsync(app, new JsonObject { ["enabled"] = true, ["url"] = "http://hooks.example.test/x" }, "notifications.webhook.url");
        await RefusedAsync(app, new JsonObject { ["enabled"] = true, ["key"] = "short" }, "notifications.webhook.key");
        var moved = await app.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Put, "api/mail", Body(mail, mail.Port, host: "127.0.0.1", password: null));
        Assert.NotNull(moved["errors"]!["password"]);
        var products = await app.ProblemAsync(
            HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"api/directories/{Api.Directory}/settings?start=false",
            app.SettingsBody(body => body["options"] = new JsonObject { ["licenceProducts"] = new JsonArray("crm") }));
        Assert.NotNull(products["errors"]!["options.licenceProducts[0]"]);
    }

    [Fact]
    public async Task Mail_BadSettings_NameTheFieldAndTheTestSaysWhatFails()
    {
        await using var mail = MailServer.Start();
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "api/mail");
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, "api/mail/test", new JsonObject { ["to"] = Admin });
        foreach (var (field, value) in new (string, JsonNode)[] { ("host", "a b"), ("port", 0), ("from", "nobody"), ("security", "none"), ("linkBase", "ftp://x"), ("trustedCertificates", "x"), ("fromName", "a\nb") })
        {
            var body = Body(mail, mail.Port);
            body[field] = value;
            var problem = await app.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Put, "api/mail", body);
            Assert.True(problem["errors"]![field] is not null, problem.ToJsonString());
        }

        await MailAsync(app, mail);
        Assert.True((bool)(await app.SendAsync(HttpMethod.Post, "api/mail/test", new JsonObject { ["to"] = Admin }))["ok"]!);
        Assert.Equal("A test message", Assert.Single(mail.Received).Message.Subject);
        await app.SendAsync(HttpMethod.Put, "api/mail", Body(mail, mail.Port, password: "wrong"));
        var failed = await app.SendAsync(HttpMethod.Post, "api/mail/test", new JsonObject { ["to"] = Admin });
        Assert.Contains("user name or password", (string?)failed["error"], StringComparison.Ordinal);
        await app.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, "api/mail/test", new JsonObject { ["to"] = "x" });
    }

    [Fact]
    public async Task Feed_OldEntries_ArePurged()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.CompleteAsync();
        var store = app.Host.Services.GetRequiredService<NotificationStore>();
        var now = TimeProvider.System.GetUtcNow();

        Assert.Equal(0, await store.PurgeAsync(now.AddDays(-1), TestContext.Current.CancellationToken));
        Assert.Single(Titles(await app.GetAsync("api/notifications")));
        Assert.Equal(1, await store.PurgeAsync(now.AddMinutes(1), TestContext.Current.CancellationToken));
        Assert.Empty(Titles(await app.GetAsync("api/notifications")));
    }

    internal static void Notify(JsonObject body) => body["notifications"] = new JsonObject { ["recipients"] = new JsonArray(Admin) };

    internal static Task MailAsync(Api app, MailServer mail, int? port = null) => app.SendAsync(HttpMethod.Put, "api/mail", Body(mail, port ?? mail.Port));

    /// <summary>Waits until nothing is on its way any more.</summary>
    internal static async Task DeliveredAsync(Api app)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while ((await app.ItemsAsync("api/deliveries")).Count > 0)
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private static JsonObject Body(MailServer mail, int port, string host = "localhost", string? password = MailServer.Password) => new()
    {
        ["host"] = host,
        ["port"] = port,
        ["userName"] = MailServer.UserName,
        ["password"] = password,
        ["from"] = MailServer.From,
        ["trustedCertificates"] = mail.Authority,
        ["linkBase"] = "https://sync.example.test",
    };

    private static async Task RefusedAsync(Installation app, JsonObject webhook, string field)
    {
        var problem = await app.ProblemAsync(
            HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"api/directories/{Api.Directory}/settings?start=false",
            app.SettingsBody(body => body["notifications"] = new JsonObject { ["webhook"] = webhook }));
        Assert.True(problem["errors"]![field] is not null, problem.ToJsonString());
    }

    private static List<string> Titles(JsonNode feed) => [.. feed["items"]!.AsArray().Select(item => (string)item!["title"]!)];
}
