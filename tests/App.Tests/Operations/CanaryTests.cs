using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Net;
using System.Text;
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

        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.CompleteAsync("changed");
        await app.Slapd.StopAsync();
        Assert.Equal("failed", (string?)(await app.SyncAsync())["status"]);
        foreach (var (_, name, trigger, _) in OpenApiDocument.Functions(typeof(RunLdapSynchronization).Assembly).Where(function => function.Trigger.Methods!.Contains("get")))
        {
            var route = trigger.Route!.Replace("{directoryId}", Api.Directory, StringComparison.Ordinal);
            using var answer = await app.TrySendAsync(HttpMethod.Get, $"api/{System.Text.RegularExpressions.Regex.Replace(route, @"\{[^}]+\}", "unknown")}");
            written.Add((name, $"{answer.Headers}{await answer.Content.ReadAsStringAsync(Token)}"));
        }

        await CollectAsync(written);
        string[] canaries = [Wrong, Slapd.ReaderPassword];
        string[] forms = [.. canaries, .. canaries.Select(canary => Convert.ToBase64String(Encoding.UTF8.GetBytes(canary)))];
        Assert.All(
            new[] { "table", "blob", "log", "span", "measurement", "ListUsers" },
            kind => Assert.Contains(written, item => item.Where.StartsWith(kind, StringComparison.Ordinal)));
        Assert.All(written, item => Assert.DoesNotContain(forms, form => item.Text.Contains(form, StringComparison.Ordinal)));
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
        var run = await app.CompleteAsync();

        Assert.Contains(written, item => item.Text.Contains((string)run["id"]!, StringComparison.Ordinal) && item.Text.Contains("RunSucceeded", StringComparison.Ordinal));
        var users = (await app.GetAsync("api/users?pageSize=1000"))["items"]!.AsArray();
        Assert.NotEmpty(users);
        Assert.All(written, item => Assert.DoesNotContain(users, user => item.Text.Contains((string)user!["fullName"]!, StringComparison.OrdinalIgnoreCase)));
    }

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
            ActivityStopped = span => written.Add(("span", $"{span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects)}")),
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
