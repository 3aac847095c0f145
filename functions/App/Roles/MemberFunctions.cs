using LdapSync.App.Api;
using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Roles;

public sealed record MemberView(string UserId, string? Login, string? FullName, bool Active, bool FromDirectory);

/// <summary>Members of roles. Directory users put in or taken out of a linked role by hand are set right by the next run (R6).</summary>
public sealed class MemberFunctions(ApiCalls calls, RoleMembers members)
{
    [Function("ListMembers")]
    [ApiOperation("The members of a role", Access = Access.Reader, Response = typeof(Page<MemberView>), Query = ["pageSize", "continuation"])]
    public Task<IResult> ListMembers([HttpTrigger(AuthorizationLevel.Function, "get", Route = "roles/{roleId}/members")] HttpRequest request, string roleId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await members.ListAsync(
            roleId, ApiRequest.Count(request, "pageSize", 100, 1000), ApiRequest.Text(request, "continuation"), cancellationToken)));

    [Function("AddMember")]
    [ApiOperation("Puts a user into a role", Access = Access.Administrator, Status = 204)]
    public Task<IResult> AddMember(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "roles/{roleId}/members/{userId}")] HttpRequest request, string roleId, string userId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await members.AddAsync(roleId, userId, cancellationToken);
            return Results.NoContent();
        });

    [Function("RemoveMember")]
    [ApiOperation("Takes a user out of a role", Access = Access.Administrator, Status = 204)]
    public Task<IResult> RemoveMember(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "roles/{roleId}/members/{userId}")] HttpRequest request, string roleId, string userId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await members.RemoveAsync(roleId, userId, cancellationToken);
            return Results.NoContent();
        });
}
