using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>A user who was bound by hand (U9): the way from the directory user's id to a record whose id does not come from it.</summary>
public sealed record LinkRecord(string DirectoryId, string LdapId, string UserId);

/// <summary>Users bound by hand: partition = directory, row = bucket of the LDAP id and its hash. Imported users need no row: their id follows from the LDAP id.</summary>
public sealed class LinkStore
{
    private readonly RecordTable table;

    internal LinkStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.Links);

    public async Task<LinkRecord?> GetAsync(string directoryId, string ldapId, CancellationToken cancellationToken = default) =>
        await table.GetAsync(directoryId, Row(directoryId, ldapId), cancellationToken) is { } row ? To(row) : null;

    /// <summary>The links of a range of buckets (of LDAP ids), both inclusive.</summary>
    public async Task<IReadOnlyList<LinkRecord>> ReadAsync(string directoryId, int firstBucket, int lastBucket, CancellationToken cancellationToken = default)
    {
        var (from, to) = (Buckets.Key(firstBucket), Buckets.Key(lastBucket) + "~");
        return await table.QueryAsync($"PartitionKey eq {directoryId} and RowKey ge {from} and RowKey lt {to}", cancellationToken: cancellationToken)
            .Select(To).ToListAsync(cancellationToken);
    }

    /// <exception cref="RecordExistsException">The directory user is bound to another user already.</exception>
    public Task InsertAsync(LinkRecord link, CancellationToken cancellationToken = default) => table.InsertAsync(From(link), cancellationToken);

    public Task DeleteAsync(string directoryId, string ldapId, CancellationToken cancellationToken = default) =>
        table.DeleteAsync(directoryId, Row(directoryId, ldapId), null, cancellationToken);

    // The id that an import would give is a hash that begins with the bucket, and legal in a key whatever the LDAP id holds.
    private static string Row(string directoryId, string ldapId) => Buckets.UserIdFor(directoryId, ldapId);

    private static Azure.Data.Tables.TableEntity From(LinkRecord link) =>
        new(link.DirectoryId, Row(link.DirectoryId, link.LdapId)) { ["LdapId"] = link.LdapId, ["UserId"] = link.UserId };

    private static LinkRecord To(Azure.Data.Tables.TableEntity row) => new(row.PartitionKey, row.Text("LdapId") ?? "", row.Text("UserId") ?? "");
}
