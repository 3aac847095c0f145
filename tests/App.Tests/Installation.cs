using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LdapSync.App.Sync;
using LdapSync.LocalRuntime.Testing;
using LdapSync.TestBed;
using Xunit;

[assembly: AssemblyFixture(typeof(LdapSync.App.Tests.Emulator))]

namespace LdapSync.App.Tests;

/// <summary>One storage emulator for all tests; each has tables of its own.</summary>
public sealed class Emulator : IAsyncLifetime
{
    public Azurite Azurite { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Azurite = await Azurite.StartAsync();

    public ValueTask DisposeAsync() => Azurite.DisposeAsync();
}

/// <summary>The app in this process with tables, keys and secrets of its own, an OpenLDAP server of its own, and a storage proxy that counts.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public const string Directory = "example";

    private static int count;

    private readonly TemporaryFolder secrets = Repository.NewFolder("secrets");

    private Installation(FunctionsTestHost host, Slapd slapd, TableProxy storage, TemporaryFolder secrets)
    {
        (Host, Slapd, Storage, this.secrets) = (host, slapd, storage, secrets);
    }

    public FunctionsTestHost Host { get; }

    public Slapd Slapd { get; }

    public TableProxy Storage { get; }

    public HttpClient Http => Host.Http;

    public static async Task<Installation> StartAsync(Emulator emulator, People people)
    {
        var slapd = await Slapd.StartAsync(new SlapdOptions { Ldif = people.ToLdif() });
        var storage = await TableProxy.StartAsync(emulator.Azurite);
        var secrets = Repository.NewFolder("secrets");
        var host = await FunctionsTestHost.StartAsync(
            typeof(RunLdapSynchronization).Assembly, Settings(storage.ConnectionString, $"t{Interlocked.Increment(ref count)}", secrets.Path, Ports.Free()),
            builder => builder.Services.AddLdapSync(builder.Configuration));
        return new Installation(host, slapd, storage, secrets);
    }

    public static Dictionary<string, string?> Settings(string storage, string prefix, string secrets, int port) => new()
    {
        ["AzureWebJobsStorage"] = storage,
        ["Records__ConnectionString"] = storage,
        ["Records__TablePrefix"] = prefix,
        ["Secrets__Folder"] = secrets,
        ["LocalRuntime__HubName"] = prefix,
        ["LocalRuntime__Port"] = $"{port}",
        ["SyncSchedule"] = "0 0 0 1 1 *",
        ["PurgeSchedule"] = "0 0 0 1 1 *",
        ["Sync__RetrySeconds"] = "1",
    };

    /// <summary>Settings that work with this installation's server, as a body for PUT.</summary>
    public JsonObject SettingsBody(Action<JsonObject>? change = null)
    {
        var body = new JsonObject
        {
            ["preset"] = "openLdap",
            ["connection"] = new JsonObject
            {
                ["serverName"] = $"localhost:{Slapd.TlsPort}",
                ["security"] = "ldaps",
                ["trustedCertificates"] = Slapd.Authority.Pem,
                ["administratorLogin"] = Slapd.ReaderName,
                ["password"] = Slapd.ReaderPassword,
                ["timeoutSeconds"] = 5,
            },
            ["schedule"] = new JsonObject { ["intervalHours"] = 0 },
            ["users"] = new JsonObject { ["searchBase"] = $"ou=people,{Slapd.Suffix}" },
            ["groups"] = new JsonObject { ["searchBase"] = $"ou=groups,{Slapd.Suffix}" },
        };
        change?.Invoke(body);
        return body;
    }

    /// <summary>Saves the settings without starting a run.</summary>
    public async Task ConfigureAsync(Action<JsonObject>? change = null) =>
        await SendAsync(HttpMethod.Put, $"api/directories/{Directory}/settings?start=false", SettingsBody(change));

    /// <summary>Creates a role linked to each of the groups; ids are the groups' names in lower case.</summary>
    public async Task LinkAsync(params string[] groups)
    {
        foreach (var group in groups)
        {
            var found = (await GetAsync($"api/directories/{Directory}/groups?search={Uri.EscapeDataString(group)}"))["items"]!.AsArray()
                .Single(item => (string?)item!["name"] == group);
            await SendAsync(HttpMethod.Post, "api/roles", new JsonObject
            {
                ["id"] = group.ToLowerInvariant(),
                ["name"] = $"Role of {group}",
                ["kind"] = "functional",
                ["directoryId"] = Directory,
                ["groupId"] = (string?)found!["ldapId"],
            });
        }
    }

    /// <summary>Starts a run and waits for its end.</summary>
    public async Task<JsonNode> SyncAsync(string mode = "full", bool dryRun = false)
    {
        var started = await SendAsync(HttpMethod.Post, $"api/directories/{Directory}/sync", new JsonObject { ["mode"] = mode, ["dryRun"] = dryRun });
        return await EndOfAsync((string)started["runId"]!);
    }

    /// <summary>Like <see cref="SyncAsync"/>, and the run must be completed.</summary>
    public async Task<JsonNode> CompleteAsync(string mode = "full", bool dryRun = false)
    {
        var run = await SyncAsync(mode, dryRun);
        Assert.True((string?)run["status"] == "completed", run.ToJsonString());
        return run;
    }

    public async Task<JsonNode> EndOfAsync(string runId)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await Host.Client.WaitForInstanceCompletionAsync(SyncStarter.InstanceId(Directory), limit.Token);
        return await GetAsync($"api/runs/{runId}");
    }

    public async Task<List<JsonNode>> ItemsAsync(string path)
    {
        var items = new List<JsonNode>();
        string? continuation = null;
        do
        {
            var next = continuation is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}continuation={Uri.EscapeDataString(continuation)}";
            var page = await GetAsync(next);
            items.AddRange(page["items"]!.AsArray().Select(item => item!));
            continuation = (string?)page["continuation"];
        }
        while (continuation is not null);
        return items;
    }

    /// <summary>All users by login.</summary>
    public async Task<Dictionary<string, JsonNode>> UsersAsync() =>
        (await ItemsAsync("api/users?pageSize=1000")).ToDictionary(user => (string)user["login"]!, StringComparer.Ordinal);

    public async Task<List<string>> MembersAsync(string roleId) =>
        [.. (await ItemsAsync($"api/roles/{roleId}/members?pageSize=1000")).Select(member => (string)member["login"]!).Order(StringComparer.Ordinal)];

    /// <summary>The plan as lines: <c>rule object name field: before -> after</c>.</summary>
    public async Task<List<string>> ChangesAsync(JsonNode run) =>
        [.. (await ItemsAsync($"api/runs/{run["id"]}/changes?pageSize=1000"))
            .Select(change => $"{change["rule"]} {change["action"]} {change["name"]} {change["field"]}: {change["before"]} -> {change["after"]}")];

    public async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return await ReadAsync(answer, path);
    }

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var answer = await TrySendAsync(method, path, body);
        return await ReadAsync(answer, path);
    }

    public async Task<HttpResponseMessage> TrySendAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        return await Http.SendAsync(request);
    }

    /// <summary>Sends what must be refused, and gives the problem details.</summary>
    public async Task<JsonNode> ProblemAsync(HttpStatusCode status, HttpMethod method, string path, JsonNode? body = null)
    {
        using var answer = await TrySendAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Writes to the tables of records: what rule G3 allows an unchanged directory none of.</summary>
    public long RecordWrites => new[] { "Users", "Logins", "Roles", "Members", "Accounts", "JobTitles", "Links" }.Sum(Storage.WritesTo);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Storage.DisposeAsync();
        await Slapd.DisposeAsync();
        secrets.Dispose();
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer, string path)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}
