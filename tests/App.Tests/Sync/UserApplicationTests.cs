using LdapSync.App.Sync;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage.Records;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>What was planned is written without reading again, and whoever was changed by hand since is looked at.</summary>
public sealed class UserApplicationTests(Emulator emulator) : IClassFixture<Emulator>
{
    private const string Run = "example.run";
    private static readonly RunPart Part = new("example", Run, 0, 255);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_OfRecordsChangedSinceThePlan_KeepsWhatWasChangedByHand()
    {
        await using var app = await StartedAsync();
        var users = app.Host.Services.GetRequiredService<UserStore>();
        var records = await UsersAsync(users, 6);
        var input = await PlannedAsync(app, records, [.. records.Take(5).Select(user => Phone(user, "+41 2")), Phone(records[5], null)]);

        // By hand: another field; the same field; the same field to the same value; gone.
        await users.ReplaceAsync(records[1] with { FullName = "By Hand" }, Token);
        await users.ReplaceAsync(records[2] with { Phone = "+41 9" }, Token);
        await users.ReplaceAsync(records[3] with { Phone = "+41 2" }, Token);
        await users.DeleteAsync(records[4], Token);

        var application = app.Host.Services.GetRequiredService<UserApplication>();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var applied = await application.ApplyAsync(input, Token);
            Assert.Equal((4L, 2L), (applied.Done, applied.Conflicts));
            var leftOut = await app.Host.Services.GetRequiredService<RunFiles>().ReadTextsAsync(applied.LeftOut!, Sections.LeftOut, Token);
            Assert.Equal([records[2].Id, records[4].Id], leftOut.Order(StringComparer.Ordinal));

            var now = await users.GetManyAsync([.. records.Select(user => user.Id)], Token);
            Assert.Equal(records[0] with { Phone = "+41 2" }, now[records[0].Id] with { ETag = records[0].ETag });
            Assert.Equal(("By Hand", "+41 2"), (now[records[1].Id].FullName, now[records[1].Id].Phone));
            Assert.Equal("+41 9", now[records[2].Id].Phone);
            Assert.Equal("+41 2", now[records[3].Id].Phone);
            Assert.False(now.ContainsKey(records[4].Id));
            Assert.Null(now[records[5].Id].Phone);
        }
    }

    [Fact]
    public async Task Apply_OfWhatIsAsItWasPlanned_ReadsNoRecord()
    {
        await using var app = await StartedAsync();
        var records = await UsersAsync(app.Host.Services.GetRequiredService<UserStore>(), 8);
        var input = await PlannedAsync(app, records, [.. records.Select(user => Phone(user, "+41 2"))]);
        app.Storage.Reset();
        app.Storage.FailNext(FailureMode.Forbidden, which: request => request.Method == "GET" && request.Path.Value!.Contains("Users(", StringComparison.Ordinal));

        Assert.Equal(8, (await app.Host.Services.GetRequiredService<UserApplication>().ApplyAsync(input, Token)).Done);
        Assert.Equal((8L, 0L), (app.Storage.WritesTo("Users"), app.Storage.Failed));
    }

    [Fact]
    public async Task Apply_AnotherAttemptToPlanSawALaterRecord_KeepsWhatWasChangedByHand()
    {
        await using var app = await StartedAsync();
        var users = app.Host.Services.GetRequiredService<UserStore>();
        var records = await UsersAsync(users, 1);
        var input = await PlannedAsync(app, records, [Phone(records[0], "+41 2")]);
        await users.ReplaceAsync(records[0] with { Phone = "+41 9" }, Token);
        await app.Host.Services.GetRequiredService<RunFiles>().SaveSourcesAsync(Part, Sources([(await users.GetAsync(records[0].Id, Token))!]), Token);

        Assert.Equal(1, (await app.Host.Services.GetRequiredService<UserApplication>().ApplyAsync(input, Token)).Conflicts);
        Assert.Equal("+41 9", (await users.GetAsync(records[0].Id, Token))!.Phone);
    }

    [Fact]
    [Trait("Rule", "U9")]
    public async Task Apply_UnboundOrProtectedSinceThePlan_DeactivatesNobody()
    {
        await using var app = await StartedAsync();
        var users = app.Host.Services.GetRequiredService<UserStore>();
        var records = await UsersAsync(users, 3);
        var input = await PlannedAsync(app, records, [.. records.Select(Deactivate)]);

        await users.ReplaceAsync(records[0] with { DirectoryId = null, LdapId = null }, Token);
        await users.ReplaceAsync(records[1] with { Protected = true }, Token);
        await users.ReplaceAsync(records[2] with { FullName = "By Hand" }, Token);

        var applied = await app.Host.Services.GetRequiredService<UserApplication>().ApplyAsync(input, Token);

        Assert.Equal((1L, 2L), (applied.Done, applied.Conflicts));
        var now = await users.GetManyAsync([.. records.Select(user => user.Id)], Token);
        Assert.Equal([true, true, false], records.Select(user => now[user.Id].Active));
    }

    private async Task<Installation> StartedAsync()
    {
        var app = await Installation.StartAsync(emulator, People.Few());
        using (await app.TrySendAsync(HttpMethod.Get, "api/roles"))
        {
            // The tables are there now.
        }

        return app;
    }

    private static async Task<List<UserRecord>> UsersAsync(UserStore users, int count)
    {
        foreach (var number in Enumerable.Range(1, count))
        {
            await users.InsertAsync(new UserRecord($"{number * 7:x2}{number:x30}") { Login = $"u{number}", FullName = $"User {number}", Phone = "+41 1", Active = true, DirectoryId = Part.DirectoryId, LdapId = $"{number}", Created = DateTimeOffset.UnixEpoch.AddYears(50) }, Token);
        }

        return [.. (await users.GetManyAsync([.. Enumerable.Range(1, count).Select(number => $"{number * 7:x2}{number:x30}")], Token)).Values.OrderBy(user => user.Id, StringComparer.Ordinal)];
    }

    private static UserOperation Deactivate(UserRecord user) =>
        new(user.Id, user.Login, PlannedAction.Deactivate, [new FieldChange(UserField.Active, "true", "false", Rule.Deactivate)]);

    private static UserOperation Phone(UserRecord user, string? phone) =>
        new(user.Id, user.Login, PlannedAction.Update, [new FieldChange(UserField.Phone, user.Phone, phone, "U8")]);

    private static async Task<ApplyRangeInput> PlannedAsync(Installation app, List<UserRecord> records, List<UserOperation> operations)
    {
        var files = app.Host.Services.GetRequiredService<RunFiles>();
        await files.SaveContextAsync(Run, new RunContext("example", new DirectorySettings(), RunMode.Full, null, DateTimeOffset.UnixEpoch), Token);
        var sources = await files.SaveSourcesAsync(Part, Sources(records), Token);
        var writer = files.CreateWriter(RunFiles.PlanFolder(Run), "plan");
        operations.ForEach(operation => writer.Add(Sections.UsersOf(Buckets.OfUserId(operation.UserId)), operation, PlanFormat.Default.UserOperation));
        return new ApplyRangeInput(Part, await writer.CompleteAsync(Token), sources);
    }

    private static PlanSources Sources(IEnumerable<UserRecord> records) => new(new Dictionary<int, string?>(), records.ToDictionary(user => user.Id, user => user.ETag!));
}
