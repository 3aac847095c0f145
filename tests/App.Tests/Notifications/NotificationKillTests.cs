using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Notifications;

/// <summary>The app is killed at each step of telling of a run, and started again: each message arrives, once (N6).</summary>
public sealed class NotificationKillTests(Emulator emulator) : IClassFixture<Emulator>
{
    private static int count;

    public static TheoryData<string> Moments => ["notification written", "delivery taken up", "message half sent", "run closed"];

    [Theory]
    [Trait("Rule", "N6")]
    [MemberData(nameof(Moments))]
    public async Task Notification_AppKilled_ArrivesExactlyOnce(string moment)
    {
        await using var mail = MailServer.Start();
        await using var slapd = await Slapd.StartAsync(new SlapdOptions { Ldif = People.Few().ToLdif() });
        await using var storage = await TableProxy.StartAsync(emulator.Azurite);
        using var secrets = Repository.NewFolder("secrets");
        await using var app = await AppProcess.StartAsync(slapd, emulator.Azurite.ConnectionString, storage.ConnectionString, $"n{Interlocked.Increment(ref count)}", secrets);
        await NotificationTests.MailAsync(app, mail);
        await app.ConfigureAsync(body =>
        {
            NotificationTests.Notify(body);
            body["notifications"]!["emailOn"] = new JsonArray("runCompleted", "licenceShortage");
        });
        await app.SendAsync(HttpMethod.Put, "api/licences/crm", new JsonObject { ["name"] = "CRM", ["total"] = 1 });
        await app.LinkAsync("staff");

        var (reached, restarted) = (new TaskCompletionSource(), new TaskCompletionSource());
        mail.OnMessage = async (_, token) =>
        {
            if (moment != "message half sent" || restarted.Task.IsCompleted)
            {
                return null;
            }

            // The server has the text, of this message or of both, and has not said that it takes it: whoever asked is dead when it says that it does not.
            reached.TrySetResult();
            await restarted.Task.WaitAsync(token);
            return "451 4.3.0 Not taken";
        };
        storage.FailNext(FailureMode.Cut, int.MaxValue, sent =>
        {
            var hit = Matches(moment, sent.Method, Uri.UnescapeDataString(sent.Path.Value!));
            if (hit)
            {
                reached.TrySetResult();
            }

            return hit;
        });
        var runId = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/sync"))["runId"]!;
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        if (moment == "run closed")
        {
            // What the server has taken while the app was killed is sent again: nobody can know better. Here all is told before.
            await mail.WaitForAsync(2);
            await NotificationTests.DeliveredAsync(app);
        }

        await app.KillAsync();
        storage.Reset();
        restarted.SetResult();
        await app.StartAgainAsync();

        var run = await app.EndOfAsync(runId);
        Assert.Equal("completed", (string?)run["status"]);
        var received = await mail.WaitForAsync(2);
        await NotificationTests.DeliveredAsync(app);
        Assert.Equal(
            [$"Synchronization completed: {Api.Directory}", "Too few licences: CRM needs 2 more"],
            mail.Received.Select(message => message.Message.Subject).Order(StringComparer.Ordinal));
        Assert.Equal(2, received.Select(message => message.Message.MessageId).Distinct().Count());
        Assert.Equal(2, (await app.ItemsAsync("api/notifications")).Count);
    }

    private static bool Matches(string moment, string method, string path) => moment switch
    {
        // The feed and the outbox are written by one transaction; a delivery is taken up by replacing its row; a cause is put when all of it is told.
        "notification written" => method == "PUT" && path.Contains("Notifications(PartitionKey='causes.", StringComparison.Ordinal),
        "delivery taken up" => method == "PUT" && path.Contains("Notifications(PartitionKey='feed',RowKey='o", StringComparison.Ordinal),
        "run closed" => method == "DELETE" && path.Contains("/read/", StringComparison.Ordinal),
        _ => false,
    };
}
