using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Roles;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Roles;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Pages;

/// <summary>Roles: tree, links to groups, members.</summary>
[AdminPage]
public sealed class RolePages(PageCalls calls, RoleModels models, RoleEditor editor, RoleMembers members, LoginStore logins)
{
    [Function("PageRoles")]
    public Task<IResult> Roles([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/roles")] HttpRequest request) =>
        calls.RunAsync(request, Access.Reader, async call => call.Show<RolesPage>(await models.ListAsync(call.Query("search"), call.CancellationToken)));

    [Function("PageNewRole")]
    public Task<IResult> New([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/new-role")] HttpRequest request) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            var model = await models.NewAsync(call.CancellationToken);
            if (!call.IsPost)
            {
                return call.Show<RolePage>(model);
            }

            try
            {
                var role = await editor.CreateAsync(Body(call, null), call.CancellationToken);
                return PageCall.Go(Paths.Role(role.Id) + "#link", "created");
            }
            catch (ApiException problem)
            {
                return call.Show<RolePage>(Typed(model, call, problem), problem.Status);
            }
        });

    [Function("PageRole")]
    public Task<IResult> Role([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/roles/{roleId}")] HttpRequest request, string roleId) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            var role = await editor.GetAsync(roleId, call.CancellationToken);
            if (!call.IsPost)
            {
                return call.Show<RolePage>(await models.OfAsync(role, call));
            }

            try
            {
                return await ChangeAsync(call, role);
            }
            catch (Exception failure) when (ApiFailures.Explain(failure) is { Status: < 500 } problem)
            {
                var current = await models.OfAsync(await editor.GetAsync(roleId, call.CancellationToken), call);
                return call.Show<RolePage>(call.Do.Name == "save" ? Typed(current, call, problem) : current with { Errors = PageCall.ErrorsOf(problem) }, problem.Status);
            }
        });

    private async Task<IResult> ChangeAsync(PageCall call, RoleRecord role)
    {
        var (action, subject) = call.Do;
        if (action is "save" or "link" or "unlink" or "delete" && call.Text("tag") != role.ETag)
        {
            throw new ApiException(412, "Somebody else changed this role meanwhile", "What is saved now is below; look at it, and repeat your change.");
        }

        switch (action)
        {
            case "save":
                await editor.ReplaceAsync(role.Id, Body(call, role), call.CancellationToken);
                return PageCall.Go(Paths.Role(role.Id), "saved");
            case "link":
                await editor.ReplaceAsync(role.Id, Body(role) with { DirectoryId = call.Text("directoryId"), GroupId = subject }, call.CancellationToken);
                return PageCall.Go(Paths.Role(role.Id), "linked");
            case "unlink":
                await editor.ReplaceAsync(role.Id, Body(role) with { DirectoryId = null, GroupId = null }, call.CancellationToken);
                return PageCall.Go(Paths.Role(role.Id), "unlinked");
            case "add":
                var holder = await logins.FindUserIdAsync(call.Text("login"), call.CancellationToken) ?? throw ApiException.Field("login", "Nobody has this login.");
                await members.AddAsync(role.Id, holder, call.CancellationToken);
                return PageCall.Go(Paths.Role(role.Id) + "#members", "saved");
            case "remove":
                await members.RemoveAsync(role.Id, subject, call.CancellationToken);
                return PageCall.Go(Paths.Role(role.Id) + "#members", "removed");
            case "delete":
                await editor.DeleteAsync(role.Id, call.CancellationToken);
                return PageCall.Go(Paths.Roles, "removed");
            default:
                return PageCall.Go(Paths.Role(role.Id));
        }
    }

    private static RoleBody Body(PageCall call, RoleRecord? role) => new(
        call.Text("name"), Kind(call), null, call.Optional("parentId"), role?.DirectoryId, role?.GroupId);

    private static RoleBody Body(RoleRecord role) => new(role.Name, role.Kind, null, role.ParentId, role.DirectoryId, role.GroupId);

    private static RoleKind Kind(PageCall call) => Enum.TryParse<RoleKind>(call.Text("kind"), out var kind) && Enum.IsDefined(kind) ? kind : RoleKind.Functional;

    private static RoleModel Typed(RoleModel model, PageCall call, ApiException problem) =>
        model with { Name = call.Text("name"), Kind = Kind(call), ParentId = call.Optional("parentId"), Errors = PageCall.ErrorsOf(problem) };
}
