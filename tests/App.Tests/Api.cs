using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests;

/// <summary>The HTTP API of an app, and the OpenLDAP server that it is to read.</summary>
internal abstract class Api(HttpClient http, Slapd slapd)
{
    public const string Directory = "example";

    public HttpClient Http => http;

    public Slapd Slapd => slapd;

    /// <summary>What the app printed lately, for the message of a failed test.</summary>
    public virtual string ServerOutput => "";

    /// <summary>Settings that work with this installation's server, as a body for PUT.</summary>
    public virtual JsonObject SettingsBody(Action<JsonObject>? change = null)
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

    /// <summary>Creates a role linked to each group of the directory.</summary>
    public async Task LinkAllAsync(int groups)
    {
        var found = (await GetAsync($"api/directories/{Directory}/groups?limit=1000"))["items"]!.AsArray();
        Assert.Equal(groups, found.Count);
        await Parallel.ForEachAsync(found, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (group, _) => await SendAsync(HttpMethod.Post, "api/roles", new JsonObject
        {
            ["name"] = (string?)group!["name"],
            ["kind"] = "functional",
            ["directoryId"] = Directory,
            ["groupId"] = (string?)group["ldapId"],
        }));
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

    /// <summary>Waits until the run has ended, with all that it does then.</summary>
    public virtual Task<JsonNode> EndOfAsync(string runId) => FinishedAsync(runId);

    /// <summary>Asks for the run until it says that it has finished.</summary>
    public async Task<JsonNode> FinishedAsync(string runId)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var run = await LookAsync(runId);
        while (run?["finished"] is null)
        {
            Assert.False(limit.IsCancellationRequested, $"The run does not end: {run?.ToJsonString()}\n{ServerOutput}");
            await Task.Delay(50, CancellationToken.None);
            run = await LookAsync(runId);
        }

        return run;
    }

    /// <returns>Null: the emulator is too busy with the run's own writes to answer in time, and the API says so (503).</returns>
    private async Task<JsonNode?> LookAsync(string runId)
    {
        var path = $"api/runs/{runId}";
        using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode == HttpStatusCode.ServiceUnavailable ? null : await ReadAsync(answer, path);
    }

    /// <summary>Asks for the run until it has this status.</summary>
    public async Task<JsonNode> WhenAsync(string runId, string status)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var run = await GetAsync($"api/runs/{runId}");
        while ((string?)run["status"] != status)
        {
            Assert.True(run["finished"] is null, run.ToJsonString());
            await Task.Delay(50, limit.Token);
            run = await GetAsync($"api/runs/{runId}");
        }

        return run;
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

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer, string path)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}
