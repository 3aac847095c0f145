using System.Globalization;
using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Runs;
using LdapSync.App.Callers;
using LdapSync.App.Runs;
using LdapSync.App.Sync;
using LdapSync.Core.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LdapSync.App.Pages;

/// <summary>Runs: history, progress, changes, decisions.</summary>
[AdminPage]
public sealed class RunPages(PageCalls calls, RunModels models, RunDecisions decisions, RunUndo undo, SyncStarter starter)
{
    private const int Usual = 25;

    [Function("PageRuns")]
    public Task<IResult> Runs([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/runs")] HttpRequest request) =>
        calls.RunAsync(request, Access.Reader, async call =>
        {
            var limit = int.TryParse(call.Query("limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, 500) : Usual;
            return call.Show<RunsPage>(await models.ListAsync(call.Query("directory") is { Length: > 0 } id ? id : null, limit, call.CancellationToken));
        });

    [Function("PageRun")]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/runs/{runId}")] HttpRequest request, string runId, [DurableClient] DurableTaskClient client) =>
        calls.RunAsync(request, Access.Operator, async call =>
        {
            if (call.IsPost)
            {
                return await DecideAsync(call, client, runId);
            }

            var run = await decisions.GetAsync(runId, call.CancellationToken);
            var model = await models.PageAsync(run, NullIfEmpty(call.Query("kind")), NullIfEmpty(call.Query("rule")), NullIfEmpty(call.Query("from")), call.CancellationToken);
            return call.Show<RunPage>(model with { Decided = call.Query("done") is "approved" or "rejected" or "cancelled" });
        });

    /// <summary>The part of a run's page that moves. When the run's state is another than the page was made for, the browser reads the whole page.</summary>
    [Function("PageRunProgress")]
    public Task<IResult> Progress([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/runs/{runId}/progress")] HttpRequest request, string runId) =>
        calls.RunAsync(request, Access.Reader, async call =>
        {
            var run = await decisions.GetAsync(runId, call.CancellationToken);
            if (run.Status.ToString() != call.Query("status") && run.Status is not RunStatus.Running)
            {
                request.HttpContext.Response.Headers["HX-Refresh"] = "true";
            }

            return call.Show<ProgressCard>(await models.RunAsync(run, call.CancellationToken));
        });

    [Function("PageStart")]
    public Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "manage/setup/{directoryId}/start")] HttpRequest request, string directoryId, [DurableClient] DurableTaskClient client) =>
        calls.RunAsync(request, Access.Operator, async call =>
        {
            var start = await starter.StartAsync(client, directoryId, RunMode.Full, dryRun: call.Do.Name == "preview", RunTrigger.Manual, call.CancellationToken);
            return PageCall.Go(start.RunId.Length > 0 ? Paths.Run(start.RunId) : Paths.Query(Paths.Runs, ("directory", directoryId)), start.Started ? null : "running");
        });

    private async Task<IResult> DecideAsync(PageCall call, DurableTaskClient client, string runId)
    {
        switch (call.Do.Name)
        {
            case "cancel":
                await decisions.CancelAsync(client, runId, call.CancellationToken);
                return PageCall.Go(Paths.Run(runId), "cancelled");
            case "approve":
                await decisions.DecideAsync(client, runId, call.Text("planHash"), approved: true, call.CancellationToken);
                return PageCall.Go(Paths.Run(runId), "approved");
            case "reject":
                await decisions.DecideAsync(client, runId, call.Text("planHash"), approved: false, call.CancellationToken);
                return PageCall.Go(Paths.Run(runId), "rejected");
            case "undo-preview":
                return PageCall.Go(Paths.Run((await undo.StartAsync(client, runId, dryRun: true, call.CancellationToken)).RunId));
            case "undo":
                return PageCall.Go(Paths.Run((await undo.StartAsync(client, runId, dryRun: false, call.CancellationToken)).RunId));
            default:
                return PageCall.Go(Paths.Run(runId));
        }
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
