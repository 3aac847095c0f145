using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Users;

public sealed record UserBody(string Login, string FullName, string? Email = null, string? Phone = null);

/// <param name="Protected">Required.</param>
public sealed record ProtectionBody([property: System.Text.Json.Serialization.JsonRequired] bool Protected);

/// <param name="DirectoryId">Of the directory.</param>
/// <param name="LdapId">As listed by <c>GET /api/directories/{id}/users</c>.</param>
public sealed record BindBody(string DirectoryId, string LdapId);

/// <summary>Users of the application: those from directories to look at and bind, the others to create.</summary>
public sealed class UserFunctions(ApiCalls calls, UserStore users, UserEditor editor, UserViews views)
{
    [Function("ListUsers")]
    [ApiOperation("Users by login or full name", Access = Access.Reader, Response = typeof(Page<UserView>), Query = ["search", "active", "directoryId", "pageSize", "continuation"])]
    public Task<IResult> ListUsers([HttpTrigger(AuthorizationLevel.Function, "get", Route = "users")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var page = await users.SearchAsync(
                new UserQuery
                {
                    Search = ApiRequest.Text(request, "search"),
                    Active = ApiRequest.Flag(request, "active"),
                    DirectoryId = ApiRequest.Text(request, "directoryId"),
                    PageSize = ApiRequest.Count(request, "pageSize", 50, 1000),
                    ContinuationToken = ApiRequest.Text(request, "continuation"),
                },
                cancellationToken);
            return ApiCalls.Json(new Page<UserView>(await views.OfAsync(page.Items, cancellationToken), page.ContinuationToken));
        });

    [Function("GetUser")]
    [ApiOperation("A user", Access = Access.Reader, Response = typeof(UserView))]
    public Task<IResult> GetUser([HttpTrigger(AuthorizationLevel.Function, "get", Route = "users/{userId}")] HttpRequest request, string userId) =>
        calls.RunAsync(request, async cancellationToken => await ViewAsync(await editor.GetAsync(userId, cancellationToken), 200, cancellationToken));

    [Function("CreateUser")]
    [ApiOperation("Creates a user by hand", Access = Access.Administrator, Request = typeof(UserBody), Response = typeof(UserView), Status = 201)]
    public Task<IResult> CreateUser([HttpTrigger(AuthorizationLevel.Function, "post", Route = "users")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var user = await editor.CreateAsync(await ApiRequest.ReadAsync<UserBody>(request, cancellationToken), cancellationToken);
            request.HttpContext.Response.Headers.Location = $"/api/users/{user.Id}";
            return await ViewAsync(user, 201, cancellationToken);
        });

    [Function("ChangeUser")]
    [ApiOperation("Changes a user who is not bound to a directory user", Access = Access.Administrator, Request = typeof(UserBody), Response = typeof(UserView))]
    public Task<IResult> ChangeUser([HttpTrigger(AuthorizationLevel.Function, "put", Route = "users/{userId}")] HttpRequest request, string userId) =>
        calls.RunAsync(request, async cancellationToken => await ViewAsync(
            await editor.ChangeAsync(userId, await ApiRequest.ReadAsync<UserBody>(request, cancellationToken), cancellationToken), 200, cancellationToken));

    [Function("ProtectUser")]
    [ApiOperation("Sets whether a user is protected: one who is, is never deactivated by a synchronization", Access = Access.Administrator, Request = typeof(ProtectionBody), Response = typeof(UserView))]
    public Task<IResult> ProtectUser([HttpTrigger(AuthorizationLevel.Function, "put", Route = "users/{userId}/protection")] HttpRequest request, string userId) =>
        calls.RunAsync(request, async cancellationToken => await ViewAsync(
            await editor.ProtectAsync(userId, (await ApiRequest.ReadAsync<ProtectionBody>(request, cancellationToken)).Protected, cancellationToken), 200, cancellationToken));

    [Function("BindUser")]
    [ApiOperation("Binds a user to a directory user: from now on it follows the directory (U9)", Access = Access.Administrator, Request = typeof(BindBody), Response = typeof(UserView))]
    public Task<IResult> BindUser([HttpTrigger(AuthorizationLevel.Function, "post", Route = "users/{userId}/bind")] HttpRequest request, string userId) =>
        calls.RunAsync(request, async cancellationToken => await ViewAsync(
            await editor.BindAsync(userId, await ApiRequest.ReadAsync<BindBody>(request, cancellationToken), cancellationToken), 200, cancellationToken));

    [Function("UnbindUser")]
    [ApiOperation("Unbinds a user: the synchronization leaves it alone, and it cannot sign in with the directory", Access = Access.Administrator, Response = typeof(UserView))]
    public Task<IResult> UnbindUser([HttpTrigger(AuthorizationLevel.Function, "post", Route = "users/{userId}/unbind")] HttpRequest request, string userId) =>
        calls.RunAsync(request, async cancellationToken => await ViewAsync(await editor.UnbindAsync(userId, cancellationToken), 200, cancellationToken));

    private async Task<IResult> ViewAsync(UserRecord user, int status, CancellationToken cancellationToken) =>
        ApiCalls.Json((await views.OfAsync([user], cancellationToken))[0], status);
}
