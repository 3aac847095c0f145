using LdapSync.App.Api;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Roles;

public sealed record MemberView(string UserId, string? Login, string? FullName, bool Active, bool FromDirectory);

/// <summary>Members of roles. Directory users put in or taken out of a linked role by hand are set right by the next run (R6).</summary>
public sealed class MemberFunctions(ApiCalls calls, RoleEditor roles, MemberStore members, UserStore users, DirtyMarks marks)
{
    [Function("ListMembers")]
    [ApiOperation("The members of a role", Response = typeof(Page<MemberView>), Query = ["pageSize", "continuation"])]
    public Task<IResult> ListMembers([HttpTrigger(AuthorizationLevel.Function, "get", Route = "roles/{roleId}/members")] HttpRequest request, string roleId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await roles.GetAsync(roleId, cancellationToken);
            var page = await members.PageAsync(
                roleId, ApiRequest.Count(request, "pageSize", 100, 1000), ApiRequest.Text(request, "continuation"), cancellationToken);
            var records = await users.GetManyAsync([.. page.Items.Select(member => member.UserId)], cancellationToken);
            return ApiCalls.Json(new Page<MemberView>([.. page.Items.Select(member => View(member, records.GetValueOrDefault(member.UserId)))], page.ContinuationToken));
        });

    [Function("AddMember")]
    [ApiOperation("Puts a user into a role", Status = 204)]
    public Task<IResult> AddMember(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "roles/{roleId}/members/{userId}")] HttpRequest request, string roleId, string userId) =>
        WriteAsync(request, roleId, userId, WriteKind.Upsert);

    [Function("RemoveMember")]
    [ApiOperation("Takes a user out of a role", Status = 204)]
    public Task<IResult> RemoveMember(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "roles/{roleId}/members/{userId}")] HttpRequest request, string roleId, string userId) =>
        WriteAsync(request, roleId, userId, WriteKind.Delete);

    private Task<IResult> WriteAsync(HttpRequest request, string roleId, string userId, WriteKind kind) => calls.RunAsync(request, async cancellationToken =>
    {
        var role = await roles.GetAsync(roleId, cancellationToken);
        var user = await users.GetAsync(Users.UserEditor.Key(userId), cancellationToken) ?? throw ApiException.NotFound($"user '{userId}'");
        if (kind == WriteKind.Upsert && await members.GetAsync(roleId, userId, cancellationToken) is not null)
        {
            return Results.NoContent();
        }

        await marks.MarkMemberAsync(role, user, cancellationToken);
        await members.WriteAsync(roleId, [new MemberWrite(userId, FromDirectory: false, kind)], cancellationToken);
        await marks.MarkMemberAsync(role, user, cancellationToken);
        return Results.NoContent();
    });

    private static MemberView View(MemberRecord member, UserRecord? user) =>
        new(member.UserId, user?.Login, user?.FullName, user?.Active ?? false, member.FromDirectory);
}
