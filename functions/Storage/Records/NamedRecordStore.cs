using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>Names that directory values are matched with.</summary>
public abstract class NamedRecordStore
{
    private const string Partition = "name";

    private readonly RecordTable table;

    private protected NamedRecordStore(StorageClients clients, string name) => table = new RecordTable(clients, name);

    /// <summary>All, in order of id.</summary>
    public async IAsyncEnumerable<NamedRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var row in table.QueryAsync($"PartitionKey eq {Partition}", cancellationToken: cancellationToken))
        {
            yield return To(row);
        }
    }

    public async Task<NamedRecord?> GetAsync(string id, CancellationToken cancellationToken = default) =>
        await table.GetAsync(Partition, id, cancellationToken) is { } row ? To(row) : null;

    /// <exception cref="RecordExistsException">Another record has this id.</exception>
    public Task InsertAsync(NamedRecord record, CancellationToken cancellationToken = default) => table.InsertAsync(From(record), cancellationToken);

    /// <exception cref="RecordChangedException">There is no such record.</exception>
    public Task ReplaceAsync(NamedRecord record, CancellationToken cancellationToken = default) =>
        table.ReplaceAsync(From(record), "*", cancellationToken);

    /// <summary>Removes the record; one that is not there is fine.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => table.DeleteAsync(Partition, id, null, cancellationToken);

    private static TableEntity From(NamedRecord record) => new(Partition, record.Id) { ["Name"] = record.Name };

    private static NamedRecord To(TableEntity row) => new(row.RowKey, row.Text("Name") ?? "");
}

/// <summary>The application's accounts (rule U6).</summary>
public sealed class AccountStore : NamedRecordStore
{
    internal AccountStore(StorageClients clients)
        : base(clients, StorageNames.Accounts)
    {
    }
}

/// <summary>The application's job titles (rule U7).</summary>
public sealed class JobTitleStore : NamedRecordStore
{
    internal JobTitleStore(StorageClients clients)
        : base(clients, StorageNames.JobTitles)
    {
    }
}
