using System.Net;
using LdapSync.App.Operations;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace LdapSync.App.Tests.Operations;

/// <summary>What is old goes, each kind after its own time; what is young or open stays. And the service says how it is.</summary>
public sealed class PurgeTests(Emulator emulator) : IClassFixture<Emulator>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Purge_OfOldRunsJournalsAndStaging_KeepsTheYoungAndTheOpen()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        using (await app.TrySendAsync(HttpMethod.Get, "api/roles"))
        {
            // The tables are there now.
        }

        var runs = app.Host.Services.GetRequiredService<RunStore>();
        var staging = app.Host.Services.GetRequiredService<StagingArea>();
        var young = await RunAsync(runs, staging, days: 1, open: false);
        var left = await RunAsync(runs, staging, days: 3, open: false);
        var old = await RunAsync(runs, staging, days: 100, open: false);
        var ancient = await RunAsync(runs, staging, days: 500, open: false);
        var open = await RunAsync(runs, staging, days: 501, open: true);
        await runs.RequestCancelAsync(ancient, Token);

        var purge = ActivatorUtilities.CreateInstance<Purge>(app.Host.Services, Options.Create(new RetentionOptions()));
        var purged = await purge.RunAsync(Token);

        Assert.Equal(new Purged(Runs: 1, Journals: 2, Staged: 1, Audit: 0), purged);
        Assert.Equal(new[] { true, true }, await FilesAsync(staging, young));
        Assert.Equal(new[] { false, true }, await FilesAsync(staging, left));
        Assert.Equal(new[] { false, false }, await FilesAsync(staging, old));
        Assert.Equal(new[] { true, true }, await FilesAsync(staging, open));
        Assert.NotNull(await runs.GetAsync(old, Token));
        Assert.Null(await runs.GetAsync(ancient, Token));
        Assert.False(await runs.IsCancelRequestedAsync(ancient, Token));
        Assert.NotNull(await runs.GetAsync(open, Token));
        Assert.Equal(new Purged(0, 0, 0, 0), await purge.RunAsync(Token));
    }

    [Fact]
    public async Task Health_AfterARun_TellsWhenTheDirectoryWasSeen()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        Assert.Null((await app.GetAsync("api/health"))["directoryLastSeen"]);
        await app.ConfigureAsync();
        var run = await app.CompleteAsync();
        var health = await app.GetAsync("api/health");

        Assert.Equal(("healthy", "ok", "ok", 1), ((string?)health["status"], (string?)health["storage"], (string?)health["secrets"], (int?)health["directories"]));
        Assert.Equal((DateTimeOffset)run["finished"]!, (DateTimeOffset)health["directoryLastSeen"]!);
        using var live = await app.TrySendAsync(HttpMethod.Get, "api/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    private static async Task<string> RunAsync(RunStore runs, StagingArea staging, int days, bool open)
    {
        var started = TimeProvider.System.GetUtcNow().AddDays(-days);
        var run = new RunRecord(RunStore.NewRunId("example", started, days), "example") { Queued = started, Finished = open ? null : started, Status = open ? RunStatus.Running : RunStatus.Completed };
        await runs.InsertAsync(run, Token);
        foreach (var part in Parts)
        {
            await staging.WriteDocumentAsync($"{run.Id}/{part}", "some", "{}"u8.ToArray(), Token);
        }

        return run.Id;
    }

    private static async Task<bool[]> FilesAsync(StagingArea staging, string runId)
    {
        var there = new List<bool>();
        foreach (var part in Parts)
        {
            there.Add(await staging.ReadDocumentAsync($"{runId}/{part}", "some", Token) is not null);
        }

        return [.. there];
    }

    private static readonly string[] Parts = ["read", "plan"];
}
