using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using LdapSync.App.Api;
using LdapSync.App.Operations;
using LdapSync.App.Sync;
using LdapSync.TestBed;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LdapSync.App.Tests.Operations;

/// <summary>Planted secrets are in nothing that is written or answered: tables, blobs, durable history, logs, telemetry, HTTP.</summary>
public sealed class CanaryTests(Emulator emulator) : IClassFixture<Emulator>
{
    private const string Wrong = "canary-wrong-0e1c5b7d";
    private const string WrongMail = "canary-mail-51f0a2c4";
    private const string HookKey = "canary-hook-key-7be0914a";

    // Whoever has the address of a webhook can write there: it is a secret in its path and in its query.
    private const string HookPath = "canary-hook-path-d3c8a610";
    private const string HookQuery = "canary-hook-query-98b1fe27";

    private static readonly string[] Canaries = [Wrong, Slapd.ReaderPassword, WrongMail, MailServer.Password, HookKey, HookPath, HookQuery];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_AfterEverything_AreWrittenNowhere()
    {
        var written = new ConcurrentBag<(string Where, string Text)>();
        using var spans = Listen(written);
        using var measurements = Measure(written);
        await using var app = await Installation.StartAsync(
            emulator, People.Few(), settings: new Dictionary<string, string?> { ["Logging__LogLevel__Default"] = "Trace" },
            configure: builder => builder.Logging.ClearProviders().AddProvider(new Listener(written)));

        // Everything that knows the password, well and badly.
        foreach (var (method, path) in new[] { (HttpMethod.Put, "settings"), (HttpMethod.Post, "settings/test") })
        {
            using var refused = await app.TrySendAsync(
                method, $"api/directories/{Api.Directory}/{path}", app.SettingsBody(body => body["connection"]!["password"] = Wrong));
            Assert.Equal(method == HttpMethod.Put ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.OK, refused.StatusCode);
            written.Add((path, await refused.Content.ReadAsStringAsync(Token)));
        }

        await using var mail = MailServer.Start();
        await using var hook = await WebhookServer.StartAsync();
        await NotifyAsync(app, mail, hook, written);
        await app.SendAsync(HttpMethod.Put, "api/licences/crm", new JsonObject { ["name"] = "CRM", ["total"] = 1 });
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.CompleteAsync("changed");
        Assert.NotEmpty(await mail.WaitForAsync(2));
        Assert.Contains(await hook.WaitForAsync(2), call => call.Path.Contains(HookPath, StringComparison.Ordinal));
        await app.Slapd.StopAsync();
        Assert.Equal("failed", (string?)(await app.SyncAsync())["status"]);
        foreach (var (_, name, trigger, _) in OpenApiDocument.Functions(typeof(RunLdapSynchronization).Assembly).Where(function => function.Trigger.Methods!.Contains("get")))
        {
            var route = trigger.Route!.Replace("{directoryId}", Api.Directory, StringComparison.Ordinal).Replace("{productId}", "crm", StringComparison.Ordinal);
            using var answer = await app.TrySendAsync(HttpMethod.Get, $"api/{Regex.Replace(route, @"\{[^}]+\}", "unknown")}");
            written.Add((name, $"{answer.Headers}{await answer.Content.ReadAsStringAsync(Token)}"));
        }

        await CollectAsync(written);
        string[] forms = [.. Canaries, .. Canaries.Select(canary => Convert.ToBase64String(Encoding.UTF8.GetBytes(canary)))];
        Assert.All(
            new[] { "table", "blob", "log", "span", "measurement", "ListUsers", "ListDeliveries", "ListLicenceWaiting", "GetMail", "ListAudit", "mail/test", "webhook/test" },
            kind => Assert.Contains(written, item => item.Where.StartsWith(kind, StringComparison.Ordinal)));
        var found = written.SelectMany(item => forms.Where(form => item.Text.Contains(form, StringComparison.Ordinal)).Select(form => $"{form} is in {item.Where}: {item.Text}"));
        Assert.Empty(found);
        // What is no secret and was saved beside them is found: the search sees what it looks through.
        Assert.Contains(written, item => item.Where.StartsWith("table", StringComparison.Ordinal) && item.Text.Contains(MailServer.From, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logs_OfARun_NameItAndNobody()
    {
        var written = new ConcurrentBag<(string Where, string Text)>();
        await using var app = await Installation.StartAsync(
            emulator, People.Few(), settings: new Dictionary<string, string?> { ["Logging__LogLevel__Default"] = "Information" },
            configure: builder => builder.Logging.ClearProviders().AddProvider(new Listener(written)));
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.SendAsync(HttpMethod.Put, "api/licences/crm", new JsonObject { ["name"] = "CRM", ["total"] = 1 });
        var run = await app.CompleteAsync();
        var again = await app.CompleteAsync();

        Assert.Contains(written, item => Tells(item, "RunSucceeded", run));
        Assert.Contains(written, item => Tells(item, "LicenceShortage", run));
        Assert.DoesNotContain(written, item => Tells(item, "LicenceShortage", again));
        var users = (await app.GetAsync("api/users?pageSize=1000"))["items"]!.AsArray();
        Assert.NotEmpty(users);
        Assert.All(written, item => Assert.DoesNotContain(users, user => item.Text.Contains((string)user!["fullName"]!, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Settings with mail and webhook: first with a wrong password and a receiver that refuses, so that errors are written about both.</summary>
    private static async Task NotifyAsync(Installation app, MailServer mail, WebhookServer hook, ConcurrentBag<(string Where, string Text)> written)
    {
        hook.OnCall = (number, _) => Task.FromResult(number == 1 ? 500 : 200);
        await app.ConfigureAsync(body => body["notifications"] = new JsonObject
        {
            ["recipients"] = new JsonArray("admin@example.test"),
            ["emailOn"] = new JsonArray("runCompleted", "licenceShortage"),
            ["webhook"] = new JsonObject
            {
                ["enabled"] = true,
                ["url"] = $"http://127.0.0.1:{hook.Port}/hooks/{HookPath}?sig={HookQuery}",
                ["key"] = HookKey,
                ["on"] = new JsonArray("runCompleted", "licenceShortage"),
            },
        });
        foreach (var password in new[] { WrongMail, MailServer.Password })
        {
            await app.SendAsync(HttpMethod.Put, "api/mail", new JsonObject
            {
                ["host"] = "localhost",
                ["port"] = mail.Port,
                ["userName"] = MailServer.UserName,
                ["password"] = password,
                ["from"] = MailServer.From,
                ["trustedCertificates"] = mail.Authority,
            });
            using var tried = await app.TrySendAsync(HttpMethod.Post, "api/mail/test", new JsonObject { ["to"] = "admin@example.test" });
            written.Add(("mail/test", await tried.Content.ReadAsStringAsync(Token)));
        }

        using var called = await app.TrySendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/webhook/test");
        written.Add(("webhook/test", await called.Content.ReadAsStringAsync(Token)));
    }

    private static bool Tells((string Where, string Text) item, string what, JsonNode run) =>
        item.Text.Contains((string)run["id"]!, StringComparison.Ordinal) && item.Text.Contains(what, StringComparison.Ordinal);

    private async Task CollectAsync(ConcurrentBag<(string Where, string Text)> written)
    {
        // All of the emulator: the host's tables with the history are in it, too.
        var storage = emulator.Azurite.ConnectionString;
        await foreach (var table in new TableServiceClient(storage).QueryAsync(cancellationToken: Token))
        {
            await foreach (var row in new TableClient(storage, table.Name).QueryAsync<TableEntity>(cancellationToken: Token))
            {
                written.Add(($"table {table.Name}", string.Join('\n', row.Select(property => $"{property.Key} {(property.Value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : property.Value)}"))));
            }
        }

        var blobs = new BlobServiceClient(storage);
        await foreach (var container in blobs.GetBlobContainersAsync(cancellationToken: Token))
        {
            var client = blobs.GetBlobContainerClient(container.Name);
            await foreach (var blob in client.GetBlobsAsync(cancellationToken: Token))
            {
                var content = (await client.GetBlobClient(blob.Name).DownloadContentAsync(Token)).Value.Content.ToArray();
                written.Add(($"blob {blob.Name}", Encoding.Latin1.GetString(content) + Unpacked(content)));
            }
        }
    }

    /// <summary>Whatever zlib streams are in there.</summary>
    private static string Unpacked(byte[] content)
    {
        var text = new StringBuilder();
        for (var at = 0; at + 1 < content.Length; at++)
        {
            if (content[at] != 0x78 || ((content[at] << 8) | content[at + 1]) % 31 != 0)
            {
                continue;
            }

            try
            {
                using var stream = new ZLibStream(new MemoryStream(content, at, content.Length - at), CompressionMode.Decompress);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                text.Append(reader.ReadToEnd());
            }
            catch (InvalidDataException)
            {
                // These two bytes began no stream.
            }
        }

        return text.ToString();
    }

    private static ActivityListener Listen(ConcurrentBag<(string Where, string Text)> written)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => Telemetry.Sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => written.Add(("span", $"{span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects)} {string.Join(' ', span.Events.SelectMany(own => own.Tags))} {string.Join(' ', span.Baggage)}")),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener Measure(ConcurrentBag<(string Where, string Text)> written)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (Telemetry.Sources.Contains(instrument.Meter.Name))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => written.Add(("measurement", $"{instrument.Name} {value} {string.Join(' ', tags.ToArray())}")));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => written.Add(("measurement", $"{instrument.Name} {value} {string.Join(' ', tags.ToArray())}")));
        listener.Start();
        return listener;
    }

    private sealed class Listener(ConcurrentBag<(string Where, string Text)> written) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            written.Add(("log", $"{state}"));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            written.Add(("log", $"{eventId} {formatter(state, exception)} {exception}"));

        public void Dispose()
        {
        }
    }
}
