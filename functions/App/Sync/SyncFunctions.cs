using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.Core.Notifications;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <param name="NotifyEmail">Is told of the end of this run by e-mail; null: nobody beside those of the settings.</param>
public sealed record StartSyncBody(RunMode Mode = RunMode.Full, bool DryRun = false, string? NotifyEmail = null);

public sealed record SyncStarted(string RunId, string StatusUrl);

/// <summary>Starts runs: by hand, and by the timer what is due.</summary>
public sealed partial class SyncFunctions(ApiCalls calls, SyncStarter starter, DirectoryStore directories, RecordsSetup setup, TimeProvider time, ILogger<SyncFunctions> logger)
{
    [Function("StartSync")]
    [ApiOperation("Starts a synchronization", Access = Access.Operator, Request = typeof(StartSyncBody), Response = typeof(SyncStarted), Status = 202)]
    public Task<IResult> StartSync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "directories/{directoryId}/sync")] HttpRequest request,
        string directoryId,
        [DurableClient] DurableTaskClient client) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var body = await ApiRequest.ReadObjectAsync(request, cancellationToken) is { } node ? ApiRequest.Bind<StartSyncBody>(node) : new StartSyncBody();
            if (body.NotifyEmail is not null && MailRules.AddressProblem(body.NotifyEmail) is { } problem)
            {
                throw ApiException.Field("notifyEmail", problem);
            }

            var start = await starter.StartAsync(client, directoryId, body.Mode, body.DryRun, RunTrigger.Manual, cancellationToken, body.NotifyEmail);
            if (!start.Started)
            {
                throw new ApiException(409, "A synchronization is running", SyncStarter.Busy)
                {
                    Extensions = new Dictionary<string, object?> { ["runId"] = start.RunId, ["statusUrl"] = StatusUrl(start.RunId) },
                };
            }

            request.HttpContext.Response.Headers.Location = StatusUrl(start.RunId);
            return ApiCalls.Json(new SyncStarted(start.RunId, StatusUrl(start.RunId)), 202);
        });

    /// <summary>Rule S3: every directory whose interval has passed since its last run ended.</summary>
    [Function("StartDueSyncs")]
    public async Task StartDueSyncs([TimerTrigger("%SyncSchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        await setup.EnsureCreatedAsync(cancellationToken);
        foreach (var directory in await directories.ListAsync(cancellationToken))
        {
            var schedule = directory.Settings.Schedule;
            var due = !schedule.Paused && schedule.IntervalHours > 0
                && (directory.LastRunFinished is not { } last || time.GetUtcNow() - last >= TimeSpan.FromHours(schedule.IntervalHours));
            if (due)
            {
                await StartDueAsync(client, directory, cancellationToken);
            }
        }
    }

    private async Task StartDueAsync(DurableTaskClient client, DirectoryRecord directory, CancellationToken cancellationToken)
    {
        var directoryId = directory.Id;
        var mode = directory.Settings.Schedule.ModeAt(directory.LastFullRun, time.GetUtcNow());
        try
        {
            var start = await starter.StartAsync(client, directoryId, mode, dryRun: false, RunTrigger.Timer, cancellationToken);
            LogDue(logger, directoryId, start.RunId, start.Started);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The other directories are due all the same; this one is looked at again at the next tick.
            LogNotStarted(logger, directoryId, failure.GetType().Name);
        }
    }

    private static string StatusUrl(string runId) => $"/api/runs/{runId}";

    [LoggerMessage(Level = LogLevel.Information, Message = "Directory {DirectoryId} is due: run {RunId}, started {Started}")]
    private static partial void LogDue(ILogger logger, string directoryId, string runId, bool started);

    [LoggerMessage(Level = LogLevel.Error, Message = "Directory {DirectoryId} is due and could not be started: {Type}")]
    private static partial void LogNotStarted(ILogger logger, string directoryId, string type);
}
