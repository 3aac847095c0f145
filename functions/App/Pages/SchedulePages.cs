using LdapSync.AdminPages.Frame;
using LdapSync.App.Callers;
using LdapSync.App.Settings;
using LdapSync.App.Sync;
using LdapSync.Core.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LdapSync.App.Pages;

/// <summary>Pauses the schedule of a directory, and resumes it: two buttons that save the settings like every other change of them.</summary>
[AdminPage]
public sealed class SchedulePages(PageCalls calls, SettingsEditor editor, SyncStarter starter)
{
    /// <summary>Nothing starts by itself from here on. A run that goes on is stopped on its own page.</summary>
    [Function("PagePause")]
    public Task<IResult> Pause([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "manage/setup/{directoryId}/pause")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            await SaveAsync(directoryId, paused: true, call.CancellationToken);
            return PageCall.Go(Paths.Root, "paused");
        });

    /// <summary>Saving settings starts a synchronization (S3), and so does this.</summary>
    [Function("PageResume")]
    public Task<IResult> Resume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "manage/setup/{directoryId}/resume")] HttpRequest request, string directoryId, [DurableClient] DurableTaskClient client) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            await SaveAsync(directoryId, paused: false, call.CancellationToken);
            var start = await starter.StartAsync(client, directoryId, RunMode.Full, dryRun: false, RunTrigger.SettingsSaved, call.CancellationToken);
            return start.RunId.Length > 0 ? PageCall.Go(Paths.Run(start.RunId), start.Started ? "resumed" : "saved-running") : PageCall.Go(Paths.Root, "saved");
        });

    private async Task SaveAsync(string directoryId, bool paused, CancellationToken cancellationToken)
    {
        var saved = (await editor.GetAsync(directoryId, cancellationToken)).Directory.Settings;
        var body = new SettingsBody(saved with { Schedule = saved.Schedule with { Paused = paused } }, Password: null);
        await editor.SaveAsync(directoryId, body, SettingsEditor.Tag(saved), cancellationToken);
    }
}
