using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class RunStoreTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_StoredRun_HasEveryField()
    {
        var runs = await RunsAsync();
        var run = new RunRecord(RunStore.NewRunId("acme", Some.Time, 5), "acme")
        {
            Mode = RunMode.Changed,
            DryRun = true,
            Trigger = RunTrigger.SettingsSaved,
            Status = RunStatus.WaitingForApproval,
            Phase = "plan",
            Queued = Some.Time,
            Started = Some.Time.AddSeconds(1),
            Finished = Some.Time.AddSeconds(2),
            Error = "The server is away.",
            Warnings = [.. Enumerable.Range(0, 2000).Select(i => $"Warning number {i} \"quoted\"")],
            Totals = new RunTotals { GroupsRead = 3, Conflicts = 7_000_000_000 },
            PlanHash = "abc",
        };
        var stored = await runs.InsertAsync(run, Token);
        var read = (await runs.GetAsync(run.Id, Token))!;
        Assert.Equal(run.Warnings, read.Warnings);
        Assert.Equal(run.Licences, read.Licences);
        Assert.Equal(stored, read with { Warnings = run.Warnings, Licences = run.Licences });
        var replaced = await runs.ReplaceAsync(read with { Status = RunStatus.Completed, Warnings = [] }, Token);
        await Assert.ThrowsAsync<RecordChangedException>(() => runs.ReplaceAsync(read, Token));
        Assert.Equal((RunStatus.Completed, 0), (replaced.Status, (await runs.GetAsync(run.Id, Token))!.Warnings.Count));
    }

    [Fact]
    public async Task List_SeveralRuns_IsNewestFirstAndOfTheDirectory()
    {
        var runs = await RunsAsync();
        var ids = Enumerable.Range(0, 5).Select(i => RunStore.NewRunId("acme", Some.Time.AddMilliseconds(i), 40_000 + i)).ToList();
        foreach (var id in ids)
        {
            await runs.InsertAsync(new RunRecord(id, "acme") { Queued = Some.Time }, Token);
        }

        await runs.InsertAsync(new RunRecord(RunStore.NewRunId("acme-2", Some.Time, 1), "acme-2") { Queued = Some.Time }, Token);
        await runs.RequestCancelAsync(ids[0], Token);
        ids.Reverse();
        Assert.Equal(ids.Take(3), (await runs.ListAsync("acme", 3, Token).ToList()).Select(run => run.Id));
        Assert.Equal(ids, (await runs.ListAsync("acme", 100, Token).ToList()).Select(run => run.Id));
    }

    [Fact]
    public async Task RequestCancel_WhileTheRunWritesItself_CollidesWithNothing()
    {
        var runs = await RunsAsync();
        var run = await runs.InsertAsync(new RunRecord(RunStore.NewRunId("acme", Some.Time, 1), "acme") { Queued = Some.Time }, Token);
        Assert.False(await runs.IsCancelRequestedAsync(run.Id, Token));
        await runs.RequestCancelAsync(run.Id, Token);
        await runs.RequestCancelAsync(run.Id, Token);
        await runs.ReplaceAsync(run with { Phase = "read" }, Token);
        Assert.True(await runs.IsCancelRequestedAsync(run.Id, Token));
        Assert.True((await runs.GetAsync(run.Id, Token))!.CancelRequested);
    }

    [Fact]
    public async Task Progress_OfParts_IsReplacedReadAndRemoved()
    {
        var runs = await RunsAsync();
        var id = RunStore.NewRunId("acme", Some.Time, 1);
        for (var part = 0; part < 130; part++)
        {
            await runs.ReportProgressAsync(id, $"users-{part}", new PartProgress("read", 1, 10, false), Token);
        }

        await runs.ReportProgressAsync(id, "users-0", new PartProgress("read", 10, 10, true), Token);
        var parts = await runs.ReadProgressAsync(id, Token);
        Assert.Equal((130, new PartProgress("read", 10, 10, true)), (parts.Count, parts["users-0"]));
        await runs.DeleteProgressAsync(id, Token);
        await runs.DeleteProgressAsync(id, Token);
        Assert.Empty(await runs.ReadProgressAsync(id, Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("acme")]
    [InlineData("acme.")]
    [InlineData("acme.00g0000000000000")]
    [InlineData(".0000000000000000")]
    public async Task Get_MalformedId_IsNull(string id) => Assert.Null(await (await RunsAsync()).GetAsync(id, Token));

    private async Task<RunStore> RunsAsync() => (await fixture.StoresAsync()).GetRequiredService<RunStore>();
}
