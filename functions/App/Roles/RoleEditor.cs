using LdapSync.App.Api;
using LdapSync.App.Directories;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Roles;

/// <summary>Changes roles so that the tree stays a tree and links lead to groups that exist.</summary>
public sealed class RoleEditor(RoleStore roles, MemberStore members, DirectoryLookup lookup, TimeProvider time)
{
    public async Task<RoleRecord> GetAsync(string roleId, CancellationToken cancellationToken) =>
        await roles.GetAsync(ApiText.Key(roleId, "role"), cancellationToken) ?? throw ApiException.NotFound($"role '{roleId}'");

    public async Task<RoleRecord> CreateAsync(RoleBody body, CancellationToken cancellationToken)
    {
        if (body.Id is not null && !ApiText.IsSlug(body.Id))
        {
            throw ApiException.Field("id", "1 to 40 of a-z, 0-9 and -, not beginning with -.");
        }

        var role = await CheckedAsync(new RoleRecord(body.Id ?? Guid.NewGuid().ToString("N")) { Name = body.Name }, body, cancellationToken);
        return await roles.InsertAsync(role, cancellationToken);
    }

    public async Task<RoleRecord> ReplaceAsync(string roleId, RoleBody body, CancellationToken cancellationToken)
    {
        var before = await GetAsync(roleId, cancellationToken);
        if (body.Id is not null && body.Id != roleId)
        {
            throw ApiException.Field("id", "The id of a role cannot be changed.");
        }

        var after = await roles.ReplaceAsync(await CheckedAsync(before, body, cancellationToken), cancellationToken);
        return after.ParentId is null || after.ParentId == before.ParentId ? after : await KeepTreeAsync(before, after, cancellationToken);
    }

    /// <summary>Two changes at the same moment can make a ring that neither saw: whoever writes later sees it, and takes the own change back.</summary>
    private async Task<RoleRecord> KeepTreeAsync(RoleRecord before, RoleRecord after, CancellationToken cancellationToken)
    {
        var byId = (await roles.ListAsync(cancellationToken)).ToDictionary(role => role.Id, StringComparer.Ordinal);
        var above = byId.GetValueOrDefault(after.ParentId!);
        for (var steps = 0; steps <= byId.Count && above is not null && above.Id != after.Id; steps++)
        {
            above = above.ParentId is null ? null : byId.GetValueOrDefault(above.ParentId);
        }

        if (above is null)
        {
            return after;
        }

        await roles.ReplaceAsync(after with { ParentId = before.ParentId }, cancellationToken);
        throw new ApiException(409, "The tree was changed at the same moment", "With that change the role would be its own ancestor. Look at the tree again.");
    }

    public async Task DeleteAsync(string roleId, CancellationToken cancellationToken)
    {
        var role = await GetAsync(roleId, cancellationToken);
        if ((await roles.ListAsync(cancellationToken)).FirstOrDefault(child => child.ParentId == roleId) is { } child)
        {
            throw new ApiException(409, "The role has children", $"Move or remove '{child.Name}' and its siblings first.");
        }

        await roles.DeleteAsync(role, cancellationToken);
        await members.DeleteRoleAsync(roleId, cancellationToken);
    }

    private async Task<RoleRecord> CheckedAsync(RoleRecord role, RoleBody body, CancellationToken cancellationToken)
    {
        ApiText.Require("name", body.Name);
        await CheckParentAsync(role.Id, body, cancellationToken);
        if (body.DirectoryId is null != body.GroupId is null)
        {
            throw ApiException.Field(body.GroupId is null ? "groupId" : "directoryId", "A link needs both directoryId and groupId.");
        }

        var changed = role with { Name = body.Name.Trim(), Kind = body.Kind, ParentId = body.ParentId, DirectoryId = body.DirectoryId, GroupId = body.GroupId };
        if (body.GroupId is null)
        {
            return changed with { GroupDistinguishedName = null, GroupMissingSince = null, LinkedAt = null };
        }

        if (body.GroupId == role.GroupId && body.DirectoryId == role.DirectoryId)
        {
            return changed;
        }

        var group = await lookup.FindGroupAsync(body.DirectoryId!, body.GroupId, cancellationToken)
            ?? throw ApiException.Field("groupId", "The directory has no group with this id among those of the groups filter.");
        return changed with { GroupId = group.LdapId, GroupDistinguishedName = group.DistinguishedName, GroupMissingSince = null, LinkedAt = time.GetUtcNow() };
    }

    private async Task CheckParentAsync(string roleId, RoleBody body, CancellationToken cancellationToken)
    {
        if (body.ParentId is null)
        {
            return;
        }

        if (body.Kind == RoleKind.Functional)
        {
            throw ApiException.Field("parentId", "A functional role has no parent; organizations and departments form the tree.");
        }

        var byId = (await roles.ListAsync(cancellationToken)).ToDictionary(role => role.Id, StringComparer.Ordinal);
        if (!byId.TryGetValue(body.ParentId, out var parent))
        {
            throw ApiException.Field("parentId", "There is no such role.");
        }

        if (parent.Kind == RoleKind.Functional)
        {
            throw ApiException.Field("parentId", "The parent must be an organization or a department.");
        }

        // As many steps as there are roles: a ring that slipped in by two changes at once must not hold us up.
        var current = parent;
        for (var steps = 0; steps <= byId.Count && current is not null; steps++)
        {
            if (current.Id == roleId)
            {
                throw ApiException.Field("parentId", "This would make the role its own ancestor.");
            }

            current = current.ParentId is null ? null : byId.GetValueOrDefault(current.ParentId);
        }
    }
}
