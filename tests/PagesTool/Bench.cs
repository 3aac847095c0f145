using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using LdapSync.AdminPages.Frame;
using LdapSync.App;
using LdapSync.App.Sync;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.LocalRuntime.Testing;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace LdapSync.PagesTool;

/// <summary>How long the server takes for each page with many users in the records (Azurite), beside the bytes of the page.</summary>
internal static partial class Bench
{
    private const int Repetitions = 15;
    private const string Key = "a-key-for-this-bench";

    public static async Task RunAsync(int count)
    {
        await using var azurite = await Azurite.StartAsync();
        using var secrets = Repository.NewFolder("bench");
        await using var host = await FunctionsTestHost.StartAsync(typeof(RunLdapSynchronization).Assembly, Settings(azurite.ConnectionString, secrets.Path), builder => builder.Services.AddLdapSync(builder.Configuration));
        var (run, user) = await FillAsync(host, count);
        using var visitor = new HttpClient(new SocketsHttpHandler { UseCookies = true }) { BaseAddress = host.BaseAddress };
        using var signedIn = await visitor.PostAsync(new Uri(Paths.SignIn.TrimStart('/'), UriKind.Relative), new FormUrlEncodedContent([KeyValuePair.Create("key", Key), KeyValuePair.Create("return", Paths.Root)]));
        signedIn.EnsureSuccessStatusCode();

        var table = new Table().AddColumns("page", "median ms", "worst ms", "KB");
        foreach (var path in new[]
        {
            Paths.Root, Paths.Setup, Paths.Directory("bench"), Paths.Roles, Paths.NewRole, Paths.Role("role-1"), Paths.ImportRoles,
            Paths.Users, Paths.Query(Paths.Users, ("search", "p000001")), Paths.Query(Paths.Users, ("search", "p099")), Paths.Query(Paths.Users, ("search", "person 0999")),
            Paths.Query(Paths.Users, ("search", "nobody")), Paths.Query(Paths.Users, ("state", "inactive")), Paths.User(user), Paths.Runs, Paths.Run(run),
            Paths.Licences, Paths.Notifications,
        })
        {
            var times = new List<double>();
            var bytes = 0;
            for (var repetition = 0; repetition <= Repetitions; repetition++)
            {
                var started = Stopwatch.GetTimestamp();
                using var answer = await visitor.GetAsync(new Uri(path.TrimStart('/'), UriKind.Relative));
                bytes = answer.IsSuccessStatusCode ? (await answer.Content.ReadAsByteArrayAsync()).Length : throw new InvalidOperationException($"{path}: {answer.StatusCode}");
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            // The first is the compiler's.
            times.RemoveAt(0);
            times.Sort();
            table.AddRow(path, Text(times[times.Count / 2]), Text(times[^1]), Text(bytes / 1024.0));
        }

        AnsiConsole.Write(table);
        var (parts, took) = await LookThroughAsync(visitor);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"All users looked through for a name that nobody has: {parts} parts, {took.TotalSeconds:0.0} s"));
    }

    /// <summary>A search to its end, part by part, as a browser does it.</summary>
    private static async Task<(int Parts, TimeSpan Took)> LookThroughAsync(HttpClient visitor)
    {
        var (parts, started) = (0, Stopwatch.GetTimestamp());
        for (var next = Paths.Query(Paths.Users, ("search", "nobody")); next is not null; parts++)
        {
            var part = await visitor.GetStringAsync(new Uri(next.TrimStart('/'), UriKind.Relative));
            next = MorePath().Match(part) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;
        }

        return (parts, Stopwatch.GetElapsedTime(started));
    }

    [GeneratedRegex("hx-get=\"([^\"]*/parts/users[^\"]*)\"")]
    private static partial Regex MorePath();

    private static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static Dictionary<string, string?> Settings(string storage, string secrets) => new()
    {
        ["AzureWebJobsStorage"] = storage,
        ["Records__ConnectionString"] = storage,
        ["Records__TablePrefix"] = "bench",
        ["Secrets__Folder"] = secrets,
        ["LocalRuntime__HubName"] = "bench",
        ["LocalRuntime__Port"] = $"{Ports.Free()}",
        ["SyncSchedule"] = "0 0 0 1 1 *",
        ["PurgeSchedule"] = "0 0 0 1 1 *",
        ["NotificationSchedule"] = "0 0 0 1 1 *",
        ["AdminPages__Key"] = Key,
        ["Logging__LogLevel__Default"] = "Error",
    };

    private static async Task<(string RunId, string UserId)> FillAsync(FunctionsTestHost host, int count)
    {
        var services = host.Services;
        await services.GetRequiredService<RecordsSetup>().EnsureCreatedAsync();
        await services.GetRequiredService<DirectoryStore>().InsertAsync(new DirectoryRecord("bench") { Settings = SettingsPresets.For(DirectoryKind.OpenLdap, "ou=people,dc=example,dc=test") });
        var now = TimeProvider.System.GetUtcNow();
        var runs = services.GetRequiredService<RunStore>();
        var id = "";
        for (var number = 0; number < 20; number++)
        {
            id = RunStore.NewRunId("bench", now.AddMinutes(number), number);
            await runs.InsertAsync(new RunRecord(id, "bench")
            {
                Status = RunStatus.Completed,
                Queued = now.AddMinutes(number),
                Started = now.AddMinutes(number),
                Finished = now.AddMinutes(number).AddSeconds(30),
                Totals = new RunTotals { UsersRead = count, Updated = number },
            });
        }

        var roles = services.GetRequiredService<RoleStore>();
        var members = services.GetRequiredService<MemberStore>();
        for (var number = 1; number <= 200; number++)
        {
            await roles.InsertAsync(new RoleRecord($"role-{number}") { Name = $"Role {number}", Kind = RoleKind.Functional, DirectoryId = "bench", GroupId = $"{number}", GroupDistinguishedName = $"cn=role {number},ou=groups,dc=example,dc=test" });
        }

        var users = Enumerable.Range(1, count).Select(number => new UserRecord(Buckets.UserIdFor("bench", $"{number}"))
        {
            Login = string.Create(CultureInfo.InvariantCulture, $"p{number:D6}"),
            FullName = string.Create(CultureInfo.InvariantCulture, $"Person {number:D6}"),
            DirectoryId = "bench",
            LdapId = $"{number}",
            CanSignIn = true,
            Created = now,
            Email = $"p{number}@example.test",
            DistinguishedName = $"uid=p{number},ou=people,dc=example,dc=test",
        }).ToList();
        var store = services.GetRequiredService<UserStore>();
        var logins = services.GetRequiredService<LoginStore>();
        await AnsiConsole.Status().StartAsync($"Writing {Say.Number(count)} users", async _ =>
        {
            await Parallel.ForEachAsync(users.GroupBy(user => Buckets.OfUserId(user.Id)), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (bucket, token) =>
                await store.WriteAsync(bucket.Key, [.. bucket.Select(user => new UserWrite(user, WriteKind.Upsert))], token));
            await Parallel.ForEachAsync(users.GroupBy(user => Buckets.OfLogin(user.Login)), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (bucket, token) =>
                await logins.WriteAsync(bucket.Key, [.. bucket.Select(user => new LoginWrite(user.Login, user.Id))], token));
            await members.WriteAsync("role-1", [.. users.Take(5000).Select(user => new MemberWrite(user.Id, FromDirectory: true, WriteKind.Upsert))]);
        });
        return (id, users[0].Id);
    }
}
