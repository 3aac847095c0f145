using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.Core.Planning;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LdapSync.App.Runs;

public sealed record DecisionBody(string PlanHash);

/// <summary>Looks at runs, stops them, and decides about plans over a limit.</summary>
public sealed class RunFunctions(ApiCalls calls, RunStore runs, RunJournal journal, RunDecisions decisions, RunUndo undo, DirectoryStore directories)
{
    [Function("GetRun")]
    [ApiOperation("A run: phase, percent, totals", Access = Access.Reader, Response = typeof(RunView))]
    public Task<IResult> GetRun([HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs/{runId}")] HttpRequest request, string runId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var run = await decisions.GetAsync(runId, cancellationToken);
            return ApiCalls.Json(RunView.Of(run, await runs.ReadProgressAsync(runId, cancellationToken)));
        });

    [Function("ListRuns")]
    [ApiOperation("The latest runs of a directory", Access = Access.Reader, Response = typeof(Page<RunView>), Query = ["limit"])]
    public Task<IResult> ListRuns(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "directories/{directoryId}/runs")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            _ = await directories.GetAsync(directoryId, cancellationToken) ?? throw ApiException.NotFound($"directory '{directoryId}'");
            var items = new List<RunView>();
            await foreach (var run in runs.ListAsync(directoryId, ApiRequest.Count(request, "limit", 20, 200), cancellationToken))
            {
                items.Add(RunView.Of(run, new Dictionary<string, PartProgress>()));
            }

            return ApiCalls.Json(new Page<RunView>(items));
        });

    [Function("GetRunChanges")]
    [ApiOperation("The plan of a run: what changes, from what to what, and the rule", Access = Access.Reader, Response = typeof(Page<PlannedChange>), Query = ["pageSize", "continuation"])]
    public Task<IResult> GetRunChanges(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs/{runId}/changes")] HttpRequest request, string runId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await journal.ChangesAsync(
            await decisions.GetAsync(runId, cancellationToken), ApiRequest.Count(request, "pageSize", 100, 1000), ApiRequest.Text(request, "continuation"), cancellationToken)));

    [Function("GetRunNotes")]
    [ApiOperation("What a run could not do, entry by entry", Access = Access.Reader, Response = typeof(Page<RunNote>), Query = ["pageSize", "continuation"])]
    public Task<IResult> GetRunNotes(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs/{runId}/notes")] HttpRequest request, string runId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await journal.NotesAsync(
            await decisions.GetAsync(runId, cancellationToken), ApiRequest.Count(request, "pageSize", 100, 1000), ApiRequest.Text(request, "continuation"), cancellationToken)));

    [Function("CancelRun")]
    [ApiOperation("Stops a run at its next step; what it has applied stays", Access = Access.Operator, Status = 202)]
    public Task<IResult> CancelRun(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{runId}/cancel")] HttpRequest request, string runId, [DurableClient] DurableTaskClient client) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await decisions.CancelAsync(client, runId, cancellationToken);
            return Results.StatusCode(202);
        });

    [Function("ApproveRun")]
    [ApiOperation("Has the plan with this hash applied", Access = Access.Operator, Request = typeof(DecisionBody), Status = 202)]
    public Task<IResult> ApproveRun(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{runId}/approve")] HttpRequest request, string runId, [DurableClient] DurableTaskClient client) =>
        DecideAsync(request, runId, client, approved: true);

    [Function("RejectRun")]
    [ApiOperation("Ends the run without applying its plan", Access = Access.Operator, Request = typeof(DecisionBody), Status = 202)]
    public Task<IResult> RejectRun(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{runId}/reject")] HttpRequest request, string runId, [DurableClient] DurableTaskClient client) =>
        DecideAsync(request, runId, client, approved: false);

    [Function("UndoRun")]
    [ApiOperation("Takes back what a run has applied, by a run of its own; dryRun: makes the inverse plan only", Access = Access.Operator, Request = typeof(UndoBody), Response = typeof(UndoStarted), Status = 202)]
    public Task<IResult> UndoRun(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{runId}/undo")] HttpRequest request, string runId, [DurableClient] DurableTaskClient client) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var body = await ApiRequest.ReadObjectAsync(request, cancellationToken) is { } node ? ApiRequest.Bind<UndoBody>(node) : new UndoBody();
            var started = await undo.StartAsync(client, runId, body.DryRun, cancellationToken);
            request.HttpContext.Response.Headers.Location = started.StatusUrl;
            return ApiCalls.Json(started, 202);
        });

    private Task<IResult> DecideAsync(HttpRequest request, string runId, DurableTaskClient client, bool approved) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var body = await ApiRequest.ReadAsync<DecisionBody>(request, cancellationToken);
            await decisions.DecideAsync(client, runId, body.PlanHash, approved, cancellationToken);
            return Results.StatusCode(202);
        });
}
