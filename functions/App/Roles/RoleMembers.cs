using LdapSync.App.Api;
using LdapSync.App.Users;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;

namespace LdapSync.App.Roles;

/// <summary>Looks at the members of roles, and puts users in and takes them out by hand.</summary>
public sealed class RoleMembers(RoleEditor roles, MemberStore members, UserStore users, DirtyMarks marks)
{
    public async Task<Page<MemberView>> ListAsync(string roleId, int pageSize, string? continuation, CancellationToken cancellationToken)
    {
        await roles.GetAsync(roleId, cancellationToken);
        var page = await members.PageAsync(roleId, pageSize, continuation, cancellationToken);
        var records = await users.GetManyAsync([.. page.Items.Select(member => member.UserId)], cancellationToken);
        return new Page<MemberView>([.. page.Items.Select(member => View(member, records.GetValueOrDefault(member.UserId)))], page.ContinuationToken);
    }

    /// <summary>Nothing where the user is a member already.</summary>
    public Task AddAsync(string roleId, string userId, CancellationToken cancellationToken) => WriteAsync(roleId, userId, WriteKind.Upsert, cancellationToken);

    public Task RemoveAsync(string roleId, string userId, CancellationToken cancellationToken) => WriteAsync(roleId, userId, WriteKind.Delete, cancellationToken);

    private async Task WriteAsync(string roleId, string userId, WriteKind kind, CancellationToken cancellationToken)
    {
        var role = await roles.GetAsync(roleId, cancellationToken);
        var user = await users.GetAsync(UserEditor.Key(userId), cancellationToken) ?? throw ApiException.NotFound($"user '{userId}'");
        if (kind == WriteKind.Upsert && await members.GetAsync(roleId, userId, cancellationToken) is not null)
        {
            return;
        }

        await marks.MarkMemberAsync(role, user, cancellationToken);
        await members.WriteAsync(roleId, [new MemberWrite(userId, FromDirectory: false, kind)], cancellationToken);
        await marks.MarkMemberAsync(role, user, cancellationToken);
    }

    private static MemberView View(MemberRecord member, UserRecord? user) =>
        new(member.UserId, user?.Login, user?.FullName, user?.Active ?? false, member.FromDirectory);
}
