using LdapSync.LocalRuntime.Testing;
using LdapSync.TestBed;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

/// <summary>What the storage refuses is written later, or ends the orchestration with the reason; none stands still.</summary>
public sealed class RefusedWriteTests(Storage storage) : IAsyncLifetime
{
    private TableProxy proxy = null!;
    private FunctionsTestHost host = null!;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    public async ValueTask InitializeAsync()
    {
        proxy = await TableProxy.StartAsync(storage.Azurite);
        host = await storage.StartAsync(
            [typeof(OrchestrationFunctions), typeof(RefusalFunctions)],
            settings: new() { ["AzureWebJobsStorage"] = proxy.ConnectionString },
            configure: builder => builder.Services.AddSingleton(new Journal()));
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await proxy.DisposeAsync();
    }

    /// <summary>In this order: the parent's start and first step, the child's start and its two steps, the parent's end.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Orchestration_OneOfWhoseWritesIsRefused_GoesOn(int number)
    {
        RefuseBatch(number);
        var ended = await RunAsync(nameof(RefusalFunctions.ParentOfHello), "Ada");
        Assert.Equal((OrchestrationRuntimeStatus.Completed, "Hello Ada"), (ended.RuntimeStatus, ended.ReadOutputAs<string>()));
        Assert.Equal(1, proxy.Failed);
    }

    [Fact]
    public async Task Step_ThatCanNeverBeStored_FailsItsOrchestration()
    {
        var ended = await RunAsync(nameof(RefusalFunctions.TooLongVersion));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("PropertyValueTooLarge", ended.SerializedOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubOrchestration_WhoseStartCanNeverBeStored_FailsAtItsParent()
    {
        var ended = await RunAsync(nameof(RefusalFunctions.ParentOfTooLong));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("PropertyValueTooLarge", ended.SerializedOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outcome_WhoseTypeRefusesIt_FailsTheOrchestration()
    {
        var ended = await RunAsync(nameof(RefusalFunctions.ReadsOutcome));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("3 is odd", ended.SerializedOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_WhoseTypeRefusesIt_FailsTheOrchestration()
    {
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(RefusalFunctions.ReadsEvent), Limit);
        await host.Client.RaiseEventAsync(id, "order", new Order(5, "odd"), Limit);
        var ended = await host.Client.WaitForInstanceCompletionAsync(id, true, Limit);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("5 is odd", ended.SerializedOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_ForAChildThatIsStillBeingStarted_ReachesIt()
    {
        RefuseBatch(3);
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(RefusalFunctions.StartsThenSends), Limit);
        var limit = Limit;
        while (proxy.Failed == 0)
        {
            await Task.Delay(10, limit);
        }

        await host.Client.RaiseEventAsync(id, "go", "", Limit);
        var ended = await host.Client.WaitForInstanceCompletionAsync(id, true, Limit);
        Assert.Equal("sent", ended.ReadOutputAs<string>());
    }

    private void RefuseBatch(int number)
    {
        var seen = 0;
        proxy.FailNext(FailureMode.Forbidden, 1, request => IsBatch(request) && ++seen == number);
    }

    private static bool IsBatch(HttpRequest request) => request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal);

    private async Task<OrchestrationMetadata> RunAsync(string orchestrator, object? input = null)
    {
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, Limit);
        return await host.Client.WaitForInstanceCompletionAsync(id, true, Limit);
    }
}
