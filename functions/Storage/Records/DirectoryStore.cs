using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>The directories that are synchronized. Settings are JSON, split over several properties where long.</summary>
public sealed class DirectoryStore
{
    private const string Partition = "directory";

    private readonly RecordTable table;

    internal DirectoryStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.Directories);

    public async Task<DirectoryRecord?> GetAsync(string id, CancellationToken cancellationToken = default) =>
        await table.GetAsync(Partition, id, cancellationToken) is { } row ? To(row) : null;

    /// <summary>All directories, in order of id.</summary>
    public async Task<IReadOnlyList<DirectoryRecord>> ListAsync(CancellationToken cancellationToken = default) =>
        await table.QueryAsync($"PartitionKey eq {Partition}", cancellationToken: cancellationToken).Select(To).ToListAsync(cancellationToken);

    /// <returns>The record with its entity tag.</returns>
    /// <exception cref="RecordExistsException">Another directory has this id.</exception>
    public async Task<DirectoryRecord> InsertAsync(DirectoryRecord directory, CancellationToken cancellationToken = default) =>
        directory with { ETag = await table.InsertAsync(From(directory), cancellationToken) };

    /// <returns>The record with its new entity tag.</returns>
    /// <exception cref="RecordChangedException">The record was changed or removed since it was read.</exception>
    public async Task<DirectoryRecord> ReplaceAsync(DirectoryRecord directory, CancellationToken cancellationToken = default) =>
        directory with { ETag = await table.ReplaceAsync(From(directory), directory.ETag, cancellationToken) };

    /// <summary>Removes the directory; guarded by its entity tag where it has one.</summary>
    /// <exception cref="RecordChangedException">The record was changed since it was read.</exception>
    public Task DeleteAsync(DirectoryRecord directory, CancellationToken cancellationToken = default) =>
        table.DeleteAsync(Partition, directory.Id, directory.ETag, cancellationToken);

    private static TableEntity From(DirectoryRecord directory)
    {
        var entity = new TableEntity(Partition, directory.Id);
        entity.PutLong("Settings", RecordJson.Write(directory.Settings));
        entity.Put("ActiveRunId", directory.ActiveRunId);
        entity.Put("LastRunFinished", directory.LastRunFinished);
        entity.Put("Watermark", directory.Watermark);
        entity.Put("LastFullRun", directory.LastFullRun);
        return entity;
    }

    private static DirectoryRecord To(TableEntity row) => new(row.RowKey)
    {
        Settings = RecordJson.Read<DirectorySettings>(row.LongText("Settings")),
        ActiveRunId = row.Text("ActiveRunId"),
        LastRunFinished = row.Time("LastRunFinished"),
        Watermark = row.Time("Watermark"),
        LastFullRun = row.Time("LastFullRun"),
        ETag = row.ETag.ToString(),
    };
}
