using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Roles;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Pages;

/// <summary>Groups become roles, many at once (R8).</summary>
[AdminPage]
public sealed class RoleImportPages(PageCalls calls, RoleImportModels models, RoleImport import)
{
    [Function("PageImportRoles")]
    public Task<IResult> Import([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/import-roles")] HttpRequest request) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            var chosen = await models.ChosenAsync(call.IsPost ? call.Text : call.Query, call.CancellationToken);
            try
            {
                if (call.IsPost)
                {
                    await import.ImportAsync(RoleImportModels.Body(chosen, await GroupsAsync(call, chosen), dryRun: false), call.CancellationToken);
                    return PageCall.Go(Paths.Roles, "imported");
                }

                // The preview reads the directory: only for whom it is for, and only when it is asked for.
                return call.Show<ImportPage>(
                    call.Frame.CanAdminister && call.Request.Query.ContainsKey("parents") ? await models.PreviewAsync(chosen, call.CancellationToken) : chosen);
            }
            catch (Exception failure) when (ApiFailures.Explain(failure) is { } problem)
            {
                // A directory that is away is told on the page; gateways put a page of their own in the place of a 5xx.
                return call.Show<ImportPage>(chosen with { Errors = PageCall.ErrorsOf(problem) }, problem.Status < 500 ? problem.Status : StatusCodes.Status200OK);
            }
        });

    /// <summary>Those that are ticked. Where there were too many to tick: all that were found.</summary>
    private async Task<IReadOnlyList<string>?> GroupsAsync(PageCall call, ImportModel chosen)
    {
        var ticked = call.Form["groupId"].OfType<string>().ToList();
        return call.Do.Name != "all" ? ticked.Count > 0 ? ticked : throw new ApiException(422, "No group is chosen", "Tick at least one.")
            : await models.FoundAsync(chosen, call.CancellationToken);
    }
}
