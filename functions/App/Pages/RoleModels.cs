using LdapSync.AdminPages.Roles;
using LdapSync.App.Directories;
using LdapSync.App.Roles;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Pages;

/// <summary>Roles as the pages show them.</summary>
public sealed class RoleModels(RoleStore roles, RoleMembers members, DirectoryStore directories, DirectoryLookup lookup)
{
    private const int MaxShown = 300;
    private const int GroupCount = 25;
    private const int MemberCount = 50;

    public async Task<RolesModel> ListAsync(string search, CancellationToken cancellationToken)
    {
        var all = await roles.ListAsync(cancellationToken);
        var functional = all.Where(role => role.Kind == RoleKind.Functional && Matches(role)).OrderBy(role => role.Name, StringComparer.OrdinalIgnoreCase).ToList();
        var tree = Tree(all).Where(node => Matches(node.Role)).ToList();
        return new RolesModel([.. tree.Take(MaxShown)], [.. functional.Take(MaxShown)])
        {
            Search = search,
            Total = all.Count,
            Cut = tree.Count > MaxShown || functional.Count > MaxShown,
        };

        bool Matches(RoleRecord role) => search.Length == 0 || role.Name.Contains(search, StringComparison.OrdinalIgnoreCase);
    }

    public async Task<RoleModel> NewAsync(CancellationToken cancellationToken) =>
        new((RoleRecord?)null) { Name = "", Kind = RoleKind.Functional, Parents = await ParentsAsync(null, cancellationToken) };

    public async Task<RoleModel> OfAsync(RoleRecord role, PageCall call)
    {
        var ids = (await directories.ListAsync(call.CancellationToken)).Select(directory => directory.Id).ToList();
        var directoryId = ids.Contains(call.Query("directory")) ? call.Query("directory") : role.DirectoryId ?? ids.FirstOrDefault();
        var listed = await members.ListAsync(role.Id, MemberCount, call.Query("from") is { Length: > 0 } from ? from : null, call.CancellationToken);
        return new RoleModel(role)
        {
            Name = role.Name,
            Kind = role.Kind,
            ParentId = role.ParentId,
            Parents = await ParentsAsync(role.Id, call.CancellationToken),
            Directories = ids,
            DirectoryId = directoryId,
            Search = call.Query("group"),
            Groups = call.Frame.CanAdminister && directoryId is not null && call.Request.Query.ContainsKey("group")
                ? await lookup.GroupsAsync(directoryId, call.Query("group"), GroupCount, call.CancellationToken)
                : null,
            Members = [.. listed.Items.Select(member => new MemberModel(member.UserId, member.Login, member.FullName, member.Active, member.FromDirectory))],
            NextMembers = listed.Continuation,
        };
    }

    private async Task<IReadOnlyList<(string Id, string Name)>> ParentsAsync(string? roleId, CancellationToken cancellationToken) =>
        [.. Tree(await roles.ListAsync(cancellationToken)).Where(node => node.Role.Id != roleId).Select(node => (node.Role.Id, new string('\u2003', node.Depth) + node.Role.Name))];

    /// <summary>Organizations and departments, parents before children; whatever hangs in no tree stands at the top.</summary>
    private static IEnumerable<(RoleRecord Role, int Depth)> Tree(IReadOnlyList<RoleRecord> all)
    {
        var units = all.Where(role => role.Kind != RoleKind.Functional).OrderBy(role => role.Name, StringComparer.OrdinalIgnoreCase).ToList();
        var known = units.Select(role => role.Id).ToHashSet(StringComparer.Ordinal);
        var children = units.Where(role => role.ParentId is not null).ToLookup(role => role.ParentId!, StringComparer.Ordinal);
        var stack = new Stack<(RoleRecord Role, int Depth)>(units.Where(role => role.ParentId is null || !known.Contains(role.ParentId)).Reverse().Select(role => (role, 0)));
        while (stack.TryPop(out var node))
        {
            yield return node;
            foreach (var child in children[node.Role.Id].Reverse())
            {
                stack.Push((child, node.Depth + 1));
            }
        }
    }
}
