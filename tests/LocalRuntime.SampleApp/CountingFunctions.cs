using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;

namespace LdapSync.LocalRuntime.SampleApp;

/// <summary>A process that tests kill: each activity leaves a line in a file, so what was done can be counted from outside.</summary>
public sealed class CountingFunctions(IConfiguration settings)
{
    private static readonly Lock Writing = new();

    [Function(nameof(Count))]
    public static async Task<int> Count([OrchestrationTrigger] TaskOrchestrationContext context, int steps)
    {
        var sum = 0;
        for (var step = 0; step < steps; step++)
        {
            sum += await context.CallActivityAsync<int>(nameof(Leave), $"s{step}");
            var parallel = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => context.CallActivityAsync<int>(nameof(Leave), $"s{step}p{i}")));
            sum += parallel.Sum();
        }

        sum += await context.CallSubOrchestratorAsync<int>(nameof(CountInside), steps, new SubOrchestrationOptions(instanceId: context.InstanceId + "-inside"));
        return sum;
    }

    [Function(nameof(CountInside))]
    public static async Task<int> CountInside([OrchestrationTrigger] TaskOrchestrationContext context, int steps)
    {
        var sum = 0;
        for (var step = 0; step < steps; step++)
        {
            sum += await context.CallActivityAsync<int>(nameof(Leave), $"i{step}");
        }

        return sum + await context.WaitForExternalEvent<int>("more");
    }

    [Function(nameof(Leave))]
    public int Leave([ActivityTrigger] string line)
    {
        // One writer at a time: .NET appends at the end it saw when it opened the file.
        lock (Writing)
        {
            File.AppendAllText(settings["Lines"]!, line + "\n");
        }

        return 1;
    }

    [Function(nameof(Begin))]
    public static async Task<IActionResult> Begin(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "begin/{id}/{steps:int}")] HttpRequest request,
        string id,
        int steps,
        [DurableClient] DurableTaskClient client)
    {
        await client.ScheduleNewOrchestrationInstanceAsync(nameof(Count), steps, new StartOrchestrationOptions(id), request.HttpContext.RequestAborted);
        return new AcceptedResult(client.CreateHttpManagementPayload(id).StatusQueryGetUri, new { id });
    }
}
