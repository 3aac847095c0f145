using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Setup;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Notifications;
using LdapSync.App.Settings;
using LdapSync.App.Sync;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LdapSync.App.Pages;

/// <summary>The settings of directories.</summary>
[AdminPage]
public sealed class SetupPages(PageCalls calls, SetupModels models, SettingsEditor editor, WebhookTrial webhooks, SyncStarter starter, DirectoryStore directories)
{
    [Function("PageDirectories")]
    public Task<IResult> Directories([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/setup")] HttpRequest request) =>
        calls.RunAsync(request, Access.Reader, async call =>
        {
            var all = await directories.ListAsync(call.CancellationToken);
            return all.Count == 0 && call.Frame.CanAdminister
                ? PageCall.Go(Paths.NewDirectory)
                : PageCall.Render<DirectoriesPage>(200, ("Frame", call.Frame), ("Directories", all.Select(directory =>
                    (directory.Id, directory.Settings.Connection.ServerName, directory.Settings.Schedule.Paused)).ToList()));
        });

    [Function("PageNewDirectory")]
    public Task<IResult> New([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/new-directory")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        calls.RunAsync(request, Access.Administrator, call => call.IsPost ? ServeAsync(call, client, null) : Task.FromResult(call.Show<SetupPage>(SetupModels.New())));

    [Function("PageDirectory")]
    public Task<IResult> Directory(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/setup/{directoryId}")] HttpRequest request, string directoryId, [DurableClient] DurableTaskClient client) =>
        calls.RunAsync(request, Access.Administrator, async call =>
            call.IsPost ? await ServeAsync(call, client, directoryId) : call.Show<SetupPage>(await models.SavedAsync(directoryId, call.CancellationToken)));

    /// <summary>While a filter is typed.</summary>
    [Function("PageCheckFilter")]
    public Task<IResult> CheckFilter([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "manage/check-filter")] HttpRequest request) =>
        calls.RunAsync(request, Access.Reader, call =>
            Task.FromResult(call.Show<FilterCheck>(SetupModels.Check(call.Text(call.Query("field")), macros: call.Query("kind") == "macros"))));

    private async Task<IResult> ServeAsync(PageCall call, DurableTaskClient client, string? directoryId)
    {
        var typed = await models.TypedAsync(call, directoryId);
        var secrets = SettingsForm.Secrets(call);
        return call.Do switch
        {
            ("preset", var preset) => call.Show<SetupPage>(SetupModels.Preset(typed, preset)),
            ("save", _) => await SaveAsync(call, client, typed, secrets),
            ("webhook", _) when directoryId is not null => await CallWebhookAsync(call, typed, directoryId),
            _ => call.Show<SetupPage>(await models.TestAsync(typed, secrets, call.CancellationToken)),
        };
    }

    private async Task<IResult> CallWebhookAsync(PageCall call, SetupModel typed, string directoryId)
    {
        var view = await webhooks.TestAsync(directoryId, call.CancellationToken);
        return view.Ok
            ? PageCall.Go($"{Paths.Directory(directoryId)}#notifications", "webhook-called")
            : call.Show<SetupPage>(typed with { Errors = new FormErrors($"The webhook was called, and that failed: {view.Error}", FormErrors.None.Fields) });
    }

    private async Task<IResult> SaveAsync(PageCall call, DurableTaskClient client, SetupModel typed, IReadOnlyDictionary<string, string> secrets)
    {
        try
        {
            var id = typed.Id ?? await NewIdAsync(typed.NewId, call.CancellationToken);
            var saved = typed.IsNew ? new DirectorySettings() : (await editor.GetAsync(id, call.CancellationToken)).Directory.Settings;
            await editor.SaveAsync(id, SettingsForm.Read(saved, typed.Values, secrets), typed.IsNew ? null : typed.Tag, call.CancellationToken);
            var start = await starter.StartAsync(client, id, RunMode.Full, dryRun: false, RunTrigger.SettingsSaved, call.CancellationToken);
            return start.RunId.Length > 0 ? PageCall.Go(Paths.Run(start.RunId), start.Started ? "saved-started" : "saved-running") : PageCall.Go(Paths.Directory(id), "saved");
        }
        catch (Exception changed) when (!typed.IsNew && changed is RecordChangedException or ApiException { Status: 412 })
        {
            return call.Show<SetupPage>(await models.ConflictAsync(typed, call.CancellationToken), 412);
        }
        catch (ApiException problem)
        {
            return call.Show<SetupPage>(typed with { Errors = PageCall.ErrorsOf(problem) }, problem.Status);
        }
    }

    private async Task<string> NewIdAsync(string id, CancellationToken cancellationToken)
    {
        if (!ApiText.IsSlug(id))
        {
            throw ApiException.Field("directoryId", "1 to 40 of a-z, 0-9 and -, not beginning with -.");
        }

        return await directories.GetAsync(id, cancellationToken) is null ? id : throw ApiException.Field("directoryId", "There is a directory with this name already.");
    }
}
