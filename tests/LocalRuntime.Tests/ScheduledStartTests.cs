using System.Collections.Concurrent;
using LdapSync.TestBed;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

public sealed class ScheduledStartTests(Storage storage)
{
    /// <summary>The timer of the start fires a little early and is taken together with an event, while a commit is under way.</summary>
    [Fact]
    public async Task Start_WhoseTimerFiresEarly_IsNotMissed()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var clock = new ManualClock();
        await using var proxy = await TableProxy.StartAsync(storage.Azurite);
        await using var host = await storage.StartAsync(
            [typeof(OrchestrationFunctions)],
            settings: new() { ["AzureWebJobsStorage"] = proxy.ConnectionString, ["LocalRuntime:StorageTimeoutSeconds"] = "0.5" },
            configure: builder =>
            {
                builder.Services.AddSingleton(new Journal());
                builder.Services.AddSingleton<TimeProvider>(clock);
            });
        var options = new StartOrchestrationOptions("later", clock.GetUtcNow().AddHours(1));
        await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.Waiting), null, options, limit.Token);
        while (clock.Armed == 0)
        {
            await Task.Delay(10, limit.Token);
        }

        proxy.FailNext(FailureMode.Stall, 1, request => request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal));
        var first = host.Client.RaiseEventAsync("later", "other", null, limit.Token);
        while (proxy.Failed == 0)
        {
            await Task.Delay(10, limit.Token);
        }

        clock.FireAll();
        await Task.WhenAll(first, host.Client.RaiseEventAsync("later", "Approve", new Order(1, "kept"), limit.Token));
        clock.Add(TimeSpan.FromHours(2));
        clock.FireAll();

        Assert.Equal("kept", (await host.Client.WaitForInstanceCompletionAsync("later", true, limit.Token)).ReadOutputAs<string>());
    }

    /// <summary>Timers of more than ten minutes fire when the test says so, each once.</summary>
    private sealed class ManualClock : TimeProvider
    {
        private readonly ConcurrentQueue<(TimerCallback Callback, object? State)> timers = new();
        private TimeSpan added;

        public int Armed => timers.Count;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + added;

        public void Add(TimeSpan time) => added += time;

        public void FireAll()
        {
            while (timers.TryDequeue(out var timer))
            {
                timer.Callback(timer.State);
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromMinutes(10))
            {
                return System.CreateTimer(callback, state, dueTime, period);
            }

            timers.Enqueue((callback, state));
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
