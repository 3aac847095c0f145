using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

/// <summary>An id that was purged can be used again, and what was begun for its former life does not reach the new one.</summary>
public sealed class PurgeTests(Storage storage)
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    /// <summary>Activities run one by one, so that the former one's outcome is there before the new one's.</summary>
    [Fact]
    public async Task Instance_StartedAgainAfterAPurge_TakesNoFormerOutcome()
    {
        var journal = new Journal();
        await using var host = await storage.StartAsync(
            [typeof(RefusalFunctions)],
            settings: new() { ["LocalRuntime:MaxConcurrentActivities"] = "1" },
            configure: builder => builder.Services.AddSingleton(journal));
        await StartAsync("former");
        await host.Client.TerminateInstanceAsync("i", Limit);
        Assert.Equal(1, (await host.Client.PurgeInstanceAsync("i", Limit)).PurgedInstanceCount);
        await StartAsync("new");

        journal.Gate.SetResult();

        Assert.Equal("new", (await host.Client.WaitForInstanceCompletionAsync("i", true, Limit)).ReadOutputAs<string>());

        async Task StartAsync(string text)
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(RefusalFunctions.EchoesAtGate), text, new StartOrchestrationOptions("i"), Limit);
            await host.Client.WaitForInstanceStartAsync("i", Limit);
        }
    }
}
