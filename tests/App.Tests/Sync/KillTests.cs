using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>The app is killed in mid run and started again: the run goes on and ends with the records of an undisturbed one.</summary>
public sealed class KillTests(Emulator emulator) : IClassFixture<Emulator>
{
    private static int count;

    public static TheoryData<string, int> Moments => new()
    {
        { "/read/users", 1 },
        { "/read/members", 1 },
        { "/plan/plan-", 1 },
        { "/plan/logins", 1 },
        { "$batch", 2 },
        { "$batch", 6 },
        { "$batch", 9 },
        { "-state/", 2 },
    };

    /// <param name="request">A part of the address of the write to storage in whose middle the app is killed.</param>
    /// <param name="number">Which of those writes.</param>
    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Run_AppKilledInTheMiddle_EndsWithTheRecordsOfAnUndisturbedRun(string request, int number)
    {
        await using var slapd = await Slapd.StartAsync(new SlapdOptions { Ldif = People.Few().ToLdif() });
        await using var storage = await TableProxy.StartAsync(emulator.Azurite);
        using var secrets = Repository.NewFolder("secrets");
        var undisturbed = await UndisturbedAsync(slapd, secrets);
        await using var app = await AppProcess.StartAsync(slapd, emulator.Azurite.ConnectionString, storage.ConnectionString, NewPrefix(), secrets);
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");

        var reached = new TaskCompletionSource();
        var seen = 0;
        storage.FailNext(FailureMode.Cut, int.MaxValue, sent =>
        {
            var hit = IsWrite(sent) && sent.Path.Value!.Contains(request, StringComparison.Ordinal) && Interlocked.Increment(ref seen) >= number;
            if (hit)
            {
                reached.TrySetResult();
            }

            return hit;
        });
        var runId = (string)(await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/sync"))["runId"]!;
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        await app.KillAsync();
        storage.Reset();
        await app.StartAgainAsync();

        var run = await app.EndOfAsync(runId);
        Assert.True((string?)run["status"] == "completed", run.ToJsonString());
        Assert.Equal(undisturbed, await RecordsAsync(app));
    }

    private static bool IsWrite(HttpRequest sent) => sent.Method is "PUT" or "POST";

    private static string NewPrefix() => $"k{Interlocked.Increment(ref count)}";

    private async Task<List<string>> UndisturbedAsync(Slapd slapd, TemporaryFolder secrets)
    {
        await using var app = await AppProcess.StartAsync(slapd, emulator.Azurite.ConnectionString, emulator.Azurite.ConnectionString, NewPrefix(), secrets);
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        return await RecordsAsync(app);
    }

    private static async Task<List<string>> RecordsAsync(Api app)
    {
        var records = new List<string>();
        foreach (var (login, user) in (await app.UsersAsync()).OrderBy(user => user.Key, StringComparer.Ordinal))
        {
            var stable = (JsonObject)user.DeepClone();
            stable.Remove("created");
            records.Add($"{login}: {stable.ToJsonString()}");
        }

        foreach (var role in new[] { "staff", "project" })
        {
            records.Add($"{role}: {(await app.GetAsync($"api/roles/{role}"))["name"]} {string.Join(' ', await app.MembersAsync(role))}");
        }

        return records;
    }
}
