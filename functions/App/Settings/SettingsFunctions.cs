using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Sync;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LdapSync.App.Settings;

/// <summary>The settings of a directory: look, save, try.</summary>
public sealed class SettingsFunctions(ApiCalls calls, SettingsEditor editor, SettingsTrial trial, SyncStarter starter)
{
    [Function("GetSettings")]
    [ApiOperation("The settings of a directory, without the password", Access = Access.Reader, Response = typeof(SettingsView))]
    public Task<IResult> GetSettings(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "directories/{directoryId}/settings")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var (directory, saved) = await editor.GetAsync(directoryId, cancellationToken);
            return Answer(request, directory, saved, null);
        });

    /// <summary>Rule S3: saving starts a synchronization.</summary>
    [Function("SaveSettings")]
    [ApiOperation("Saves the settings of a directory, after the server has been reached with them, and starts a synchronization", Access = Access.Administrator,
        Request = typeof(DirectorySettings), Response = typeof(SettingsView), Query = ["start"])]
    public Task<IResult> SaveSettings(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "directories/{directoryId}/settings")] HttpRequest request,
        string directoryId,
        [DurableClient] DurableTaskClient client) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var body = SettingsBody.Read(await ApiRequest.ReadObjectAsync(request, cancellationToken) ?? throw new ApiException(400, "No body", "The settings are missing."));
            var start = ApiRequest.Flag(request, "start") ?? true;
            var (directory, saved) = await editor.SaveAsync(directoryId, body, request.Headers.IfMatch.ToString(), cancellationToken);
            var run = start ? await starter.StartAsync(client, directoryId, RunMode.Full, dryRun: false, RunTrigger.SettingsSaved, cancellationToken) : null;
            return Answer(request, directory, saved, run?.RunId);
        });

    [Function("TestSettings")]
    [ApiOperation("Tries settings: those of the body, or the saved ones. Connects, signs in, counts, maps samples, or says what fails",
        Access = Access.Administrator, Request = typeof(DirectorySettings), Response = typeof(SettingsTestView))]
    public Task<IResult> TestSettings(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "directories/{directoryId}/settings/test")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var body = await ApiRequest.ReadObjectAsync(request, cancellationToken) is { Count: > 0 } sent
                ? SettingsBody.Read(sent)
                : new SettingsBody((await editor.GetAsync(directoryId, cancellationToken)).Directory.Settings, null);
            var password = await editor.PasswordAsync(directoryId, body.Password, cancellationToken);
            SettingsEditor.Check(body.Settings, !string.IsNullOrEmpty(password));
            return ApiCalls.Json(await trial.RunAsync(body.Settings, password, cancellationToken));
        });

    private static IResult Answer(HttpRequest request, DirectoryRecord directory, SavedSecrets saved, string? runId)
    {
        // A directory's entity tag also moves with its runs; quoted it is what If-Match takes.
        request.HttpContext.Response.Headers.ETag = SettingsEditor.Tag(directory.Settings);
        return ApiCalls.Json(SettingsView.Of(directory.Id, directory.Settings, saved, runId));
    }
}
