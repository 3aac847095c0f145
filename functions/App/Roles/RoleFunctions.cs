using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Roles;

/// <param name="Id">A slug of one's own choice; left out: a new id is made.</param>
/// <param name="Name">A linked role takes its group's name at the next run (R2).</param>
/// <param name="ParentId">Of an organization or department.</param>
/// <param name="DirectoryId">With <paramref name="GroupId"/>: the group to synchronize with.</param>
/// <param name="GroupId">As listed by <c>GET /api/directories/{id}/groups</c>.</param>
public sealed record RoleBody(string Name, RoleKind Kind, string? Id = null, string? ParentId = null, string? DirectoryId = null, string? GroupId = null);

public sealed record RoleView(
    string Id, string Name, RoleKind Kind, string? ParentId, string? DirectoryId, string? GroupId, string? GroupDistinguishedName, DateTimeOffset? GroupMissingSince)
{
    public static RoleView Of(RoleRecord role) =>
        new(role.Id, role.Name, role.Kind, role.ParentId, role.DirectoryId, role.GroupId, role.GroupDistinguishedName, role.GroupMissingSince);
}

/// <summary>Roles: the organizational tree and the functional ones, each linked to a directory group or not.</summary>
public sealed class RoleFunctions(ApiCalls calls, RoleStore roles, RoleEditor editor, RoleImport import)
{
    [Function("ListRoles")]
    [ApiOperation("All roles", Access = Access.Reader, Response = typeof(Page<RoleView>))]
    public Task<IResult> ListRoles([HttpTrigger(AuthorizationLevel.Function, "get", Route = "roles")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
            ApiCalls.Json(new Page<RoleView>([.. (await roles.ListAsync(cancellationToken)).Select(RoleView.Of)])));

    [Function("GetRole")]
    [ApiOperation("A role", Access = Access.Reader, Response = typeof(RoleView))]
    public Task<IResult> GetRole([HttpTrigger(AuthorizationLevel.Function, "get", Route = "roles/{roleId}")] HttpRequest request, string roleId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(RoleView.Of(await editor.GetAsync(roleId, cancellationToken))));

    [Function("CreateRole")]
    [ApiOperation("Creates a role, linked to a group or not", Access = Access.Administrator, Request = typeof(RoleBody), Response = typeof(RoleView), Status = 201)]
    public Task<IResult> CreateRole([HttpTrigger(AuthorizationLevel.Function, "post", Route = "roles")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var role = await editor.CreateAsync(await ApiRequest.ReadAsync<RoleBody>(request, cancellationToken), cancellationToken);
            request.HttpContext.Response.Headers.Location = $"/api/roles/{role.Id}";
            return ApiCalls.Json(RoleView.Of(role), 201);
        });

    [Function("ReplaceRole")]
    [ApiOperation("Changes a role: name, kind, parent, link", Access = Access.Administrator, Request = typeof(RoleBody), Response = typeof(RoleView))]
    public Task<IResult> ReplaceRole([HttpTrigger(AuthorizationLevel.Function, "put", Route = "roles/{roleId}")] HttpRequest request, string roleId) =>
        calls.RunAsync(request, async cancellationToken =>
            ApiCalls.Json(RoleView.Of(await editor.ReplaceAsync(roleId, await ApiRequest.ReadAsync<RoleBody>(request, cancellationToken), cancellationToken))));

    [Function("ImportRoles")]
    [ApiOperation("Makes roles of many groups; dryRun: only says what would be made", Access = Access.Administrator, Request = typeof(RoleImportBody), Response = typeof(RoleImportView))]
    public Task<IResult> ImportRoles([HttpTrigger(AuthorizationLevel.Function, "post", Route = "roles/import")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
            ApiCalls.Json(await import.ImportAsync(await ApiRequest.ReadAsync<RoleImportBody>(request, cancellationToken), cancellationToken)));

    [Function("DeleteRole")]
    [ApiOperation("Removes a role and its memberships", Access = Access.Administrator, Status = 204)]
    public Task<IResult> DeleteRole([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "roles/{roleId}")] HttpRequest request, string roleId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await editor.DeleteAsync(roleId, cancellationToken);
            return Results.NoContent();
        });
}
