using System.Diagnostics;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using LdapSync.LocalRuntime.Testing;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

public sealed class OrchestrationTests(Storage storage) : IAsyncLifetime
{
    private readonly Journal journal = new();
    private FunctionsTestHost host = null!;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    public async ValueTask InitializeAsync() => host = await StartAsync(Storage.NewHub());

    public async ValueTask DisposeAsync()
    {
        journal.Gate.TrySetResult();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Orchestration_WithActivity_CompletesWithItsOutput()
    {
        var ended = await RunAsync(nameof(OrchestrationFunctions.Hello), "Ada");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal("Hello Ada", ended.ReadOutputAs<string>());
        Assert.Equal("Ada", ended.ReadInputAs<string>());
    }

    [Fact]
    public async Task FanOut_OfThousandActivities_GivesEveryResult()
    {
        var clock = Stopwatch.StartNew();
        var ended = await RunAsync(nameof(OrchestrationFunctions.FanOut), 1000);
        Assert.Equal(499_500, ended.ReadOutputAs<int>());
        TestContext.Current.TestOutputHelper?.WriteLine($"1,000 activities: {clock.Elapsed}");
    }

    [Fact]
    public async Task Activities_BeyondTheLimit_WaitForTheirTurn()
    {
        await RunAsync(nameof(OrchestrationFunctions.ManyBusy), 40);
        Assert.InRange(journal.Most, 2, 10);
    }

    [Fact]
    public async Task FailedOrchestration_AsOnTheRealHost_HasItsTextInTheOutput()
    {
        var ended = await RunAsync(nameof(OrchestrationFunctions.Failing), "boom");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Null(ended.FailureDetails);
        Assert.Contains("boom", ended.SerializedOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedSubOrchestrator_ShowsItsCauseAsInnerFailure()
    {
        var ended = await RunAsync(nameof(OrchestrationFunctions.ParentOfFailing));
        Assert.Equal($"Failing|{typeof(TaskFailedException)}|{typeof(MarkedException)}|True|boom", ended.ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(nameof(OrchestrationFunctions.Retrying))]
    [InlineData(nameof(OrchestrationFunctions.RetryingByHandler))]
    public async Task RetriedActivity_SucceedsOnTheThirdAttempt(string orchestrator)
    {
        var ended = await RunAsync(orchestrator);
        Assert.Equal(3, ended.ReadOutputAs<int>());
    }

    [Fact]
    public async Task RetryPolicy_WhoseHandlerRefuses_TriesOnce()
    {
        var ended = await RunAsync(nameof(OrchestrationFunctions.RefusingRetry));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(1, journal.Count("fail"));
    }

    [Fact]
    public async Task Event_RaisedBeforeTheWait_IsKeptAndMatchedInAnyCase()
    {
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.Waiting), Limit);
        await host.Client.RaiseEventAsync(id, "aPPROVE", new Order(1, "Grace"), Limit);
        var ended = await EndAsync(id);
        Assert.Equal("Grace", ended.ReadOutputAs<string>());
        Assert.Equal("{\"Waits\":true}", ended.SerializedCustomStatus);
    }

    [Fact]
    public async Task Event_ThatDoesNotCome_TimesOut()
    {
        var ended = await RunAsync(nameof(OrchestrationFunctions.Impatient));
        Assert.Equal("timed out", ended.ReadOutputAs<string>());
    }

    [Fact]
    public async Task SendEvent_FromAnOrchestrator_ReachesTheOther()
    {
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.Waiting), Limit);
        await RunAsync(nameof(OrchestrationFunctions.Sender), id);
        Assert.Equal("sent", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task ContinueAsNew_InALoop_EndsWithTheLastInput()
    {
        var ended = await RunAsync(nameof(OrchestrationFunctions.Loop), 0);
        Assert.Equal(20, ended.ReadOutputAs<int>());
    }

    [Fact]
    public async Task ContinueAsNew_WithEventsComing_LosesNone()
    {
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.Collecting), new List<int>(), Limit);
        await Task.WhenAll(Enumerable.Range(1, 5).Select(number => host.Client.RaiseEventAsync(id, "number", number, Limit)));
        Assert.Equal([1, 2, 3, 4, 5], (await EndAsync(id)).ReadOutputAs<List<int>>()!.Order());
    }

    [Fact]
    public async Task Terminate_Recursive_EndsTheChildToo()
    {
        await StartWithIdAsync(nameof(OrchestrationFunctions.ParentAtGate), "sync-a");
        await host.Client.WaitForInstanceStartAsync("sync-a-child", Limit);
        await host.Client.TerminateInstanceAsync("sync-a", new TerminateInstanceOptions("stop", Recursive: true), Limit);
        var (parent, child) = (await EndAsync("sync-a"), await EndAsync("sync-a-child"));
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, parent.RuntimeStatus);
        Assert.Equal("stop", parent.ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, child.RuntimeStatus);
    }

    [Fact]
    public async Task Schedule_OfARunningId_IsRefusedAndOfAnEndedIdRestarts()
    {
        await StartWithIdAsync(nameof(OrchestrationFunctions.Waiting), "one");
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => StartWithIdAsync(nameof(OrchestrationFunctions.Waiting), "one"));
        await host.Client.TerminateInstanceAsync("one", Limit);
        await StartWithIdAsync(nameof(OrchestrationFunctions.Waiting), "one");
        await host.Client.RaiseEventAsync("one", "Approve", new Order(1, "again"), Limit);
        Assert.Equal("again", (await EndAsync("one")).ReadOutputAs<string>());
        var dedupe = new StartOrchestrationOptions("one").WithDedupeStatuses(OrchestrationRuntimeStatus.Completed);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(
            () => host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.Waiting), null, dedupe, Limit));
    }

    [Fact]
    public async Task UnknownInstance_IsNotFound()
    {
        Assert.Null(await host.Client.GetInstanceAsync("nobody", Limit));
        var raised = await Assert.ThrowsAsync<RpcException>(() => host.Client.RaiseEventAsync("nobody", "e", null, Limit));
        var terminated = await Assert.ThrowsAsync<RpcException>(() => host.Client.TerminateInstanceAsync("nobody", Limit));
        Assert.Equal((StatusCode.NotFound, StatusCode.NotFound), (raised.StatusCode, terminated.StatusCode));
    }

    [Fact]
    public async Task UnknownOrchestrator_SchedulesAndFails() =>
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await RunAsync("NoSuchOrchestrator")).RuntimeStatus);

    [Fact]
    public async Task UnknownActivity_FailsWithoutRetries() =>
        Assert.Contains("NoSuchActivity", (await RunAsync(nameof(OrchestrationFunctions.Missing))).SerializedOutput, StringComparison.Ordinal);

    [Fact]
    public async Task Suspended_KeepsEventsUntilItResumes()
    {
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.Waiting), Limit);
        await host.Client.WaitForInstanceStartAsync(id, Limit);
        await host.Client.SuspendInstanceAsync(id, "pause", Limit);
        await host.Client.RaiseEventAsync(id, "Approve", new Order(1, "late"), Limit);
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.Client.GetInstanceAsync(id, Limit))!.RuntimeStatus);
        await host.Client.ResumeInstanceAsync(id, null, Limit);
        Assert.Equal("late", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(nameof(OrchestrationFunctions.NotDurable))]
    [InlineData(nameof(OrchestrationFunctions.NotDurableBesideDurable))]
    public async Task Orchestrator_ThatAwaitsSomethingNotDurable_Fails(string orchestrator)
    {
        var ended = await RunAsync(orchestrator, checkReplay: false);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("not durable", ended.SerializedOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orchestrator_ThatDivergesFromItsHistory_Fails()
    {
        var ended = await RunAsync(nameof(OrchestrationFunctions.Diverging), checkReplay: false);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("Non-Deterministic", ended.SerializedOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GuidAndTime_AreTheSameInEveryReplay() => await RunAsync(nameof(OrchestrationFunctions.Identity));

    [Theory]
    [InlineData(10)]
    [InlineData(40_000)]
    [InlineData(1_000_000)]
    public async Task Payload_OfAnySizeUpToTheLimit_ComesBackWhole(int length)
    {
        var text = "ü" + new string('x', length);
        var ended = await RunAsync(nameof(OrchestrationFunctions.Hello), text);
        Assert.Equal("Hello " + text, ended.ReadOutputAs<string>());
        Assert.Equal(text, ended.ReadInputAs<string>());
    }

    [Fact]
    public async Task Payload_BeyondTheLimit_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(nameof(OrchestrationFunctions.Hello), new string('x', 1024 * 1024)));
        Assert.Contains("blob", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_ByPrefixAndStatus_FindsSubOrchestrationsToo()
    {
        await StartWithIdAsync(nameof(OrchestrationFunctions.ParentAtGate), "sync-b");
        await host.Client.WaitForInstanceStartAsync("sync-b-child", Limit);
        var query = new OrchestrationQuery(InstanceIdPrefix: "sync-", Statuses: [OrchestrationRuntimeStatus.Running], PageSize: 1);
        List<string> found = [];
        await foreach (var page in host.Client.GetAllInstancesAsync(query).AsPages())
        {
            found.Add(Assert.Single(page.Values).InstanceId);
        }

        Assert.Equal(["sync-b", "sync-b-child"], found);
    }

    [Fact]
    public async Task Purge_RemovesEndedInstancesOnly()
    {
        await StartWithIdAsync(nameof(OrchestrationFunctions.Waiting), "runs");
        var ended = await RunAsync(nameof(OrchestrationFunctions.Hello), "x");
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("runs", Limit)).PurgedInstanceCount);
        Assert.Equal(1, (await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), Limit)).PurgedInstanceCount);
        Assert.Null(await host.Client.GetInstanceAsync(ended.InstanceId, Limit));
        Assert.NotNull(await host.Client.GetInstanceAsync("runs", Limit));
    }

    [Fact]
    public async Task Host_StoppedAndStarted_GoesOnWithWhatWasRunning()
    {
        var hub = Storage.NewHub();
        await using (var first = await StartAsync(hub))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.Waiting), new StartOrchestrationOptions("w"), Limit);
            await first.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.ParentAtGate), new StartOrchestrationOptions("g"), Limit);
            await first.Client.WaitForInstanceStartAsync("g-child", Limit);
        }

        journal.Gate.SetResult();
        await using var second = await StartAsync(hub);
        await second.Client.RaiseEventAsync("w", "Approve", new Order(1, "after"), Limit);
        Assert.Equal("after", (await second.Client.WaitForInstanceCompletionAsync("w", true, Limit)).ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await second.Client.WaitForInstanceCompletionAsync("g", Limit)).RuntimeStatus);
    }

    private Task<FunctionsTestHost> StartAsync(string hub) =>
        storage.StartAsync([typeof(OrchestrationFunctions)], hub, configure: builder => builder.Services.AddSingleton(journal));

    private Task StartWithIdAsync(string orchestrator, string id) =>
        host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, new StartOrchestrationOptions(id), Limit);

    private Task<OrchestrationMetadata> EndAsync(string id) => host.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Limit);

    private async Task<OrchestrationMetadata> RunAsync(string orchestrator, object? input = null, bool checkReplay = true)
    {
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, Limit);
        var ended = await EndAsync(id);
        if (checkReplay)
        {
            await host.CheckReplayAsync(id, Limit);
        }

        return ended;
    }
}
