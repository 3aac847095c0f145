using LdapSync.AdminPages.Overview;
using LdapSync.App.Callers;
using LdapSync.App.Directories;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Pages;

/// <summary>The first page.</summary>
[AdminPage]
public sealed class OverviewPages(PageCalls calls, OverviewModels models, DirectoryLookup lookup)
{
    [Function("PageOverview")]
    public Task<IResult> Overview([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage")] HttpRequest request) =>
        calls.RunAsync(request, Access.Reader, async call =>
        {
            var model = await models.OverviewAsync(call.CancellationToken);
            return (call with { Frame = call.Frame with { Waiting = model.Waiting.Count } }).Show<OverviewPage>(model);
        });

    [Function("PageDirectoryCard")]
    public Task<IResult> Directory([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/parts/directory/{directoryId}")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, Access.Reader, async call =>
        {
            var model = await models.DirectoryAsync(await lookup.GetAsync(directoryId, call.CancellationToken), call.CancellationToken);
            if (!model.IsLive)
            {
                // The run has ended, or waits: what needs a person may be another.
                request.HttpContext.Response.Headers["HX-Refresh"] = "true";
            }

            return call.Show<DirectoryCard>(model);
        });
}
