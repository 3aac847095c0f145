using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using LdapSync.Core.Licences;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>
/// Products and who holds their licences: a partition for each product, with one row for the product and one for each licence. What is granted and how many
/// are granted change in one transaction, guarded by the product's entity tag: whoever writes at the same time, there are never more than the total.
/// </summary>
public sealed class LicenceStore
{
    // Ids of products have no dot, ids of users no exclamation mark.
    private const string IndexPartition = ".products";
    private const string ProductRow = "!product";

    private readonly RecordTable table;
    private readonly LicenceWriter writer;

    internal LicenceStore(StorageClients clients)
    {
        table = new RecordTable(clients, StorageNames.Licences);
        writer = new LicenceWriter(table, this);
    }

    /// <summary>All products, in order of id.</summary>
    public async Task<IReadOnlyList<LicenceProduct>> ListAsync(CancellationToken cancellationToken = default)
    {
        var ids = await table.QueryAsync($"PartitionKey eq {IndexPartition}", cancellationToken: cancellationToken)
            .Select(row => row.RowKey).ToListAsync(cancellationToken);
        var products = await Task.WhenAll(ids.Select(id => GetAsync(id, cancellationToken)));
        return [.. products.OfType<LicenceProduct>()];
    }

    public async Task<LicenceProduct?> GetAsync(string productId, CancellationToken cancellationToken = default) =>
        await table.GetAsync(productId, ProductRow, cancellationToken) is { } row ? To(row) : null;

    /// <returns>The record with its entity tag.</returns>
    /// <exception cref="RecordExistsException">Another product has this id.</exception>
    public async Task<LicenceProduct> InsertAsync(LicenceProduct product, CancellationToken cancellationToken = default)
    {
        await table.UpsertAsync(new TableEntity(IndexPartition, product.Id), cancellationToken);
        return product with { ETag = await table.InsertAsync(From(product), cancellationToken) };
    }

    /// <returns>The record with its new entity tag.</returns>
    /// <exception cref="RecordChangedException">The product was changed, or a licence of it granted or taken back, since it was read.</exception>
    public async Task<LicenceProduct> ReplaceAsync(LicenceProduct product, CancellationToken cancellationToken = default) =>
        product with { ETag = await table.ReplaceAsync(From(product), product.ETag, cancellationToken) };

    /// <summary>Removes the product; guarded by its entity tag, so that no licence is granted meanwhile. Its grants are to be taken back before.</summary>
    /// <exception cref="RecordChangedException">The product was changed since it was read.</exception>
    public async Task DeleteAsync(LicenceProduct product, CancellationToken cancellationToken = default)
    {
        await table.DeleteAsync(product.Id, ProductRow, product.ETag, cancellationToken);
        await table.DeleteAsync(IndexPartition, product.Id, null, cancellationToken);
    }

    /// <summary>Of these users, those who have a licence of the product.</summary>
    public async Task<IReadOnlySet<string>> HoldersAsync(string productId, IReadOnlyCollection<string> userIds, CancellationToken cancellationToken = default) =>
        (await table.GetManyAsync(productId, userIds, cancellationToken)).Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>Everybody who has a licence of the product, by id alone.</summary>
    public async IAsyncEnumerable<string> ReadHoldersAsync(string productId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        FormattableString filter = $"PartitionKey eq {productId} and RowKey gt {ProductRow}";
        await foreach (var row in table.QueryAsync(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            yield return row.RowKey;
        }
    }

    /// <summary>A page of grants, in order of user id.</summary>
    /// <exception cref="ArgumentException">The continuation token is not ours.</exception>
    public async Task<(IReadOnlyList<LicenceGrant> Items, string? Continuation)> PageAsync(
        string productId, int pageSize, string? token, CancellationToken cancellationToken = default)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {productId} and RowKey gt {ProductRow}");
        var (rows, next) = await table.PageAsync(filter, pageSize, token, requests: 10, cancellationToken);
        return (rows.ConvertAll(row => new LicenceGrant(row.RowKey, row.Text("DirectoryId"), row.Time("GrantedAt") ?? EntityFields.Earliest)), next);
    }

    /// <summary>Grants licences and takes them back, in this order; can be repeated.</summary>
    /// <returns>An outcome per write, in the order of <paramref name="writes"/>.</returns>
    public Task<IReadOnlyList<LicenceOutcome>> WriteAsync(string productId, IReadOnlyList<LicenceWrite> writes, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(productId, writes, cancellationToken);

    internal static RowWrite Write(string productId, LicenceWrite write)
    {
        UserEntity.Partition(write.UserId);
        var entity = new TableEntity(productId, write.UserId);
        if (write.Grant is { } grant)
        {
            entity.Put("DirectoryId", grant.DirectoryId);
            entity["GrantedAt"] = EntityFields.Storable(grant.GrantedAt);
        }

        return new RowWrite(entity, write.Grant is null ? WriteKind.Delete : WriteKind.Insert);
    }

    internal static RowWrite Replace(LicenceProduct product) => new(From(product), WriteKind.Replace, new ETag(product.ETag!));

    private static TableEntity From(LicenceProduct product) => new(product.Id, ProductRow)
    {
        ["Name"] = product.Name,
        ["Total"] = product.Total,
        ["Granted"] = product.Granted,
    };

    private static LicenceProduct To(TableEntity row) => new(row.PartitionKey)
    {
        Name = row.Text("Name") ?? "",
        Total = (int)row.Number("Total"),
        Granted = (int)row.Number("Granted"),
        ETag = row.ETag.ToString(),
    };
}
