using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Users;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Pages;

/// <summary>Users: search, state, binding.</summary>
[AdminPage]
public sealed class UserPages(PageCalls calls, UserModels models, UserEditor editor)
{
    [Function("PageUsers")]
    public Task<IResult> Users([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/users")] HttpRequest request) =>
        calls.RunAsync(request, Access.Reader, async call => call.Show<UsersPage>(await models.ListAsync(call)));

    /// <summary>The rest of a search, a part at a time.</summary>
    [Function("PageMoreUsers")]
    public Task<IResult> More([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/parts/users")] HttpRequest request) =>
        calls.RunAsync(request, Access.Reader, async call => call.Show<UserRows>(await models.ListAsync(call)));

    [Function("PageNewUser")]
    public Task<IResult> New([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/new-user")] HttpRequest request) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            if (!call.IsPost)
            {
                return call.Show<NewUserPage>(new NewUserModel());
            }

            try
            {
                var user = await editor.CreateAsync(new UserBody(call.Text("login"), call.Text("fullName"), call.Optional("email"), call.Optional("phone")), call.CancellationToken);
                return PageCall.Go(Paths.User(user.Id), "created");
            }
            catch (ApiException problem)
            {
                return call.Show<NewUserPage>(
                    new NewUserModel(call.Text("login"), call.Text("fullName"), call.Text("email"), call.Text("phone")) { Errors = PageCall.ErrorsOf(problem) }, problem.Status);
            }
        });

    [Function("PageUser")]
    public Task<IResult> User([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/users/{userId}")] HttpRequest request, string userId) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            if (!call.IsPost)
            {
                return call.Show<UserPage>(await models.OfAsync(await editor.GetAsync(userId, call.CancellationToken), call));
            }

            try
            {
                return await ChangeAsync(call, userId);
            }
            catch (Exception failure) when (ApiFailures.Explain(failure) is { Status: < 500 } problem)
            {
                var current = await models.OfAsync(await editor.GetAsync(userId, call.CancellationToken), call);
                return call.Show<UserPage>(current with { Errors = PageCall.ErrorsOf(problem) }, problem.Status);
            }
        });

    private async Task<IResult> ChangeAsync(PageCall call, string userId)
    {
        switch (call.Do)
        {
            case ("bind", var ldapId):
                await editor.BindAsync(userId, new BindBody(call.Text("directoryId"), ldapId), call.CancellationToken);
                return PageCall.Go(Paths.User(userId), "bound");
            case ("protect" or "unprotect", _):
                await editor.ProtectAsync(userId, call.Do.Name == "protect", call.CancellationToken);
                return PageCall.Go(Paths.User(userId), $"{call.Do.Name}ed");
            case ("unbind", _):
                await editor.UnbindAsync(userId, call.CancellationToken);
                return PageCall.Go(Paths.User(userId), "unbound");
            default:
                return PageCall.Go(Paths.User(userId));
        }
    }
}
