using Azure.Data.Tables;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>The queue of collisions: partition = directory, row = the id that the directory user's import would have.</summary>
public sealed class CollisionStore
{
    private readonly RecordTable table;

    internal CollisionStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.Collisions);

    public async Task<CollisionRecord?> GetAsync(string directoryId, string id, CancellationToken cancellationToken = default) =>
        UserEntity.IsId(id) && await table.GetAsync(directoryId, id, cancellationToken) is { } row ? To(row) : null;

    /// <summary>All of a directory, answered or not, in order of id.</summary>
    public async Task<IReadOnlyList<CollisionRecord>> ListAsync(string directoryId, CancellationToken cancellationToken = default) =>
        await table.QueryAsync($"PartitionKey eq {directoryId}", cancellationToken: cancellationToken).Select(To).ToListAsync(cancellationToken);

    /// <returns>The record with its new entity tag.</returns>
    /// <exception cref="RecordExistsException">There is one for this directory user.</exception>
    public async Task<CollisionRecord> InsertAsync(CollisionRecord record, CancellationToken cancellationToken = default) =>
        record with { ETag = await table.InsertAsync(From(record), cancellationToken) };

    /// <returns>The record with its new entity tag.</returns>
    /// <exception cref="RecordChangedException">It was changed or removed since it was read.</exception>
    public async Task<CollisionRecord> ReplaceAsync(CollisionRecord record, CancellationToken cancellationToken = default) =>
        record with { ETag = await table.ReplaceAsync(From(record), record.ETag, cancellationToken) };

    /// <summary>Removes it; guarded by its entity tag where it has one.</summary>
    /// <exception cref="RecordChangedException">It was changed since it was read.</exception>
    public Task DeleteAsync(CollisionRecord record, CancellationToken cancellationToken = default) =>
        table.DeleteAsync(record.DirectoryId, record.Id, record.ETag, cancellationToken);

    public async Task DeleteAllAsync(string directoryId, CancellationToken cancellationToken = default)
    {
        var rows = (await ListAsync(directoryId, cancellationToken)).Select(record => new RowWrite(new TableEntity(directoryId, record.Id), WriteKind.Delete));
        await table.WriteAsync([.. rows], cancellationToken);
    }

    private static TableEntity From(CollisionRecord record)
    {
        var collision = record.Collision;
        var entity = new TableEntity(record.DirectoryId, record.Id)
        {
            ["LdapId"] = collision.LdapId,
            ["UserId"] = collision.UserId,
            ["Login"] = collision.Login,
            ["DistinguishedName"] = collision.DistinguishedName,
            ["Kind"] = collision.Kind.ToString(),
            ["IsLinked"] = collision.IsLinked,
            ["RunId"] = record.RunId,
            ["Since"] = EntityFields.Storable(record.Since),

            // Always there, so that a filter can ask for it.
            ["Answer"] = record.Answer?.Kind.ToString() ?? "",
        };
        entity.Put("HolderId", collision.HolderId);
        entity.Put("About", record.Answer?.About);
        entity.Put("AnswerLogin", record.Answer?.Login);
        entity.Put("AnswerUserId", record.AnswerUserId);
        entity.Put("Answered", record.Answered);
        return entity;
    }

    private static CollisionRecord To(TableEntity row) => new(row.PartitionKey, row.RowKey)
    {
        Collision = new Collision(
            row.Text("LdapId") ?? "", row.Text("UserId") ?? "", row.Text("Login") ?? "", row.Text("DistinguishedName") ?? "",
            row.Choice<CollisionKind>("Kind"), row.Text("HolderId"), row.Flag("IsLinked")),
        RunId = row.Text("RunId") ?? "",
        Since = row.Time("Since") ?? EntityFields.Earliest,
        Answer = string.IsNullOrEmpty(row.Text("Answer")) ? null : new CollisionAnswer(row.Choice<AnswerKind>("Answer"), row.Text("About") ?? "", row.Text("AnswerLogin")),
        AnswerUserId = row.Text("AnswerUserId"),
        Answered = row.Time("Answered"),
        ETag = row.ETag.ToString(),
    };
}
