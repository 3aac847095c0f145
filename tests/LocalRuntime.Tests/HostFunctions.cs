using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LdapSync.LocalRuntime.Tests;

#pragma warning disable CA1822 // functions are instance methods, as in the app

public sealed class HostFunctions(Journal journal)
{
    [Function(nameof(Open))]
    public IActionResult Open([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "open/{id:int}")] HttpRequest request, int id) =>
        new OkObjectResult(new { TheId = id, Query = request.Query["q"].ToString() });

    [Function(nameof(Rest))]
    public IResult Rest([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "rest/{*rest}")] HttpRequest request, string? rest) =>
        Results.Text($"{request.Method} {rest}");

    [Function(nameof(Keyed))]
    public string Keyed([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest request) => request.Path;

    [Function(nameof(MasterOnly))]
    public static string MasterOnly([HttpTrigger(AuthorizationLevel.Admin, "get")] HttpRequest request) => request.Path;

    [Function(nameof(Broken))]
    public IActionResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
        throw new InvalidOperationException(request.Path);

    [Function(nameof(Stream))]
    public async Task Stream([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, FunctionContext context, CancellationToken cancellation) =>
        await context.GetHttpContext()!.Response.WriteAsync($"from {context.FunctionDefinition.Name} {request.Method}", cancellation);

    [Function(nameof(Begin))]
    public async Task<IActionResult> Begin(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "begin/{id}")] HttpRequest request, Guid id, [DurableClient] DurableTaskClient client)
    {
        await client.ScheduleNewOrchestrationInstanceAsync(
            nameof(OrchestrationFunctions.Waiting), new Microsoft.DurableTask.StartOrchestrationOptions($"{id}"), request.HttpContext.RequestAborted);
        return new AcceptedResult("", client.CreateHttpManagementPayload($"{id}"));
    }

    [Function(nameof(Hourly))]
    public void Hourly([TimerTrigger("%HourlySchedule%")] TimerInfo timer) =>
        journal.Add($"hourly pastDue={timer.IsPastDue} monitored={timer.ScheduleStatus is not null}");
}

public sealed class StartupFunctions(Journal journal)
{
    [Function(nameof(AtStart))]
    public void AtStart([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer) =>
        journal.Add($"start monitored={timer.ScheduleStatus is not null}");
}

public sealed class ReservedRoute
{
    [Function(nameof(Runtime))]
    public string Runtime([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x/{id}")] HttpRequest request, string id) => request.Path + id;
}

public static class ReservedFunctions
{
    [Function("Reserved")]
    public static string Reserved([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "administration/users")] HttpRequest request) => request.Path;
}
