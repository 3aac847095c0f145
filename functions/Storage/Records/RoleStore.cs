using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>Roles; all are one partition, since a tree is read whole.</summary>
public sealed class RoleStore
{
    private const string Partition = "role";

    private readonly RecordTable table;

    internal RoleStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.Roles);

    public async Task<RoleRecord?> GetAsync(string id, CancellationToken cancellationToken = default) =>
        await table.GetAsync(Partition, id, cancellationToken) is { } row ? To(row) : null;

    /// <summary>All roles, in order of id.</summary>
    public async Task<IReadOnlyList<RoleRecord>> ListAsync(CancellationToken cancellationToken = default) =>
        await table.QueryAsync($"PartitionKey eq {Partition}", cancellationToken: cancellationToken).Select(To).ToListAsync(cancellationToken);

    /// <returns>The record with its entity tag.</returns>
    /// <exception cref="RecordExistsException">Another role has this id.</exception>
    public async Task<RoleRecord> InsertAsync(RoleRecord role, CancellationToken cancellationToken = default) =>
        role with { ETag = await table.InsertAsync(From(role), cancellationToken) };

    /// <returns>The record with its new entity tag.</returns>
    /// <exception cref="RecordChangedException">The record was changed or removed since it was read.</exception>
    public async Task<RoleRecord> ReplaceAsync(RoleRecord role, CancellationToken cancellationToken = default) =>
        role with { ETag = await table.ReplaceAsync(From(role), role.ETag, cancellationToken) };

    /// <summary>Removes the role; guarded by its entity tag where it has one. Its memberships: <see cref="MemberStore.DeleteRoleAsync"/>.</summary>
    public Task DeleteAsync(RoleRecord role, CancellationToken cancellationToken = default) =>
        table.DeleteAsync(Partition, role.Id, role.ETag, cancellationToken);

    private static TableEntity From(RoleRecord role)
    {
        var entity = new TableEntity(Partition, role.Id) { ["Name"] = role.Name, ["Kind"] = role.Kind.ToString() };
        entity.Put("ParentId", role.ParentId);
        entity.Put("DirectoryId", role.DirectoryId);
        entity.Put("GroupId", role.GroupId);
        entity.Put("GroupDistinguishedName", role.GroupDistinguishedName);
        entity.Put("GroupMissingSince", role.GroupMissingSince);
        entity.Put("LinkedAt", role.LinkedAt);
        return entity;
    }

    private static RoleRecord To(TableEntity entity) => new(entity.RowKey)
    {
        Name = entity.Text("Name") ?? "",
        Kind = entity.Choice<RoleKind>("Kind"),
        ParentId = entity.Text("ParentId"),
        DirectoryId = entity.Text("DirectoryId"),
        GroupId = entity.Text("GroupId"),
        GroupDistinguishedName = entity.Text("GroupDistinguishedName"),
        GroupMissingSince = entity.Time("GroupMissingSince"),
        LinkedAt = entity.Time("LinkedAt"),
        ETag = entity.ETag.ToString(),
    };
}
