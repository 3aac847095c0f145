using LdapSync.AdminPages.Explain;
using LdapSync.AdminPages.Frame;
using LdapSync.App.Callers;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Pages;

/// <summary>Why a person can, or cannot, sign in.</summary>
[AdminPage]
public sealed class ExplainPages(PageCalls calls, ExplainModels models, UserModels users, DirectoryStore directories)
{
    [Function("PageExplain")]
    public Task<IResult> Explain([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/setup/{directoryId}/explain")] HttpRequest request, string directoryId) =>
        calls.RunAsync(
            request, Access.Operator, async call => call.Show<ExplainPage>(await models.OfAsync(directoryId, call.Query("login"), call.CancellationToken)), looking: Access.Operator);

    /// <summary>From the overview: a login leads to its account at once, anything else to the search.</summary>
    [Function("PageWhy")]
    public Task<IResult> Why([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/why")] HttpRequest request) =>
        calls.RunAsync(request, Access.Reader, async call =>
        {
            var search = call.Query("search");
            var user = search.Length == 0 ? null : await users.ByLoginAsync(search, call.CancellationToken);
            var directoryId = user is null ? null : user.DirectoryId ?? (await directories.ListAsync(call.CancellationToken)).FirstOrDefault()?.Id;
            return PageCall.Go(directoryId is null || !call.Frame.CanOperate ? Paths.Query(Paths.Users, ("search", search)) : Paths.Explain(directoryId, user!.Login));
        });
}
