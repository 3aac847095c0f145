using LdapSync.TestBed;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

/// <summary>Whatever the storage does to a commit, the orchestration goes on when it answers again.</summary>
public sealed class StorageAwayTests(Storage storage)
{
    [Theory]
    [InlineData(FailureMode.Stall)]
    [InlineData(FailureMode.Cut)]
    [InlineData(FailureMode.Unavailable)]
    [InlineData(FailureMode.LoseAnswer)]
    public async Task Orchestration_WhoseCommitFailsBeyondAllRetries_GoesOn(FailureMode mode)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await using var proxy = await TableProxy.StartAsync(storage.Azurite);
        await using var host = await storage.StartAsync([typeof(OrchestrationFunctions)], settings: new()
        {
            ["AzureWebJobsStorage"] = proxy.ConnectionString,
            ["LocalRuntime:StorageTimeoutSeconds"] = "0.5",
        }, configure: builder => builder.Services.AddSingleton(new Journal()));

        // The library asks four times.
        proxy.FailNext(mode, 5, request => request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal));
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.Hello), "Ada", limit.Token);
        var ended = await host.Client.WaitForInstanceCompletionAsync(id, true, limit.Token);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(5, proxy.Failed);
    }
}
