using Azure.Data.Tables;
using LdapSync.Core.Notifications;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>The installation's mail server: one row.</summary>
public sealed class MailSettingsStore
{
    private const string Partition = "settings";
    private const string Row = "mail";

    private readonly RecordTable table;

    internal MailSettingsStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.Notifications);

    /// <returns>Null: none was ever saved.</returns>
    public async Task<MailSettings?> GetAsync(CancellationToken cancellationToken = default) =>
        await table.GetAsync(Partition, Row, cancellationToken) is { } row ? RecordJson.Read<MailSettings>(row.LongText("Settings")) : null;

    public Task PutAsync(MailSettings settings, CancellationToken cancellationToken = default)
    {
        var entity = new TableEntity(Partition, Row);
        entity.PutLong("Settings", RecordJson.Write(settings));
        return table.UpsertAsync(entity, cancellationToken);
    }

    public Task DeleteAsync(CancellationToken cancellationToken = default) => table.DeleteAsync(Partition, Row, null, cancellationToken);
}
