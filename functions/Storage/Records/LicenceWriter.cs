using LdapSync.Core.Licences;
using LdapSync.Storage.Batches;

namespace LdapSync.Storage.Records;

/// <summary>A licence to grant or take back.</summary>
/// <param name="UserId">Of the user.</param>
/// <param name="Grant">Null: take it back.</param>
public sealed record LicenceWrite(string UserId, LicenceGrant? Grant);

/// <summary>What became of a <see cref="LicenceWrite"/>.</summary>
public enum LicenceOutcome
{
    /// <summary>It is as asked, also when it was so before.</summary>
    Done,

    /// <summary>All licences are granted.</summary>
    NoneLeft,

    /// <summary>There is no such product.</summary>
    NoProduct,
}

/// <summary>Writes licences of one product in transactions of one product row and at most 99 licences.</summary>
internal sealed class LicenceWriter(RecordTable table, LicenceStore store)
{
    private const int LicencesPerTransaction = EntityLimits.MaxOperations - 1;

    public async Task<IReadOnlyList<LicenceOutcome>> WriteAsync(string productId, IReadOnlyList<LicenceWrite> writes, CancellationToken cancellationToken)
    {
        var outcomes = new LicenceOutcome[writes.Count];
        var product = await store.GetAsync(productId, cancellationToken);

        // What goes back is there for those who get one.
        var ordered = Enumerable.Range(0, writes.Count).OrderBy(index => writes[index].Grant is not null);
        foreach (var chunk in ordered.Chunk(LicencesPerTransaction))
        {
            product = await WriteAsync(productId, product, writes, [.. chunk], outcomes, cancellationToken);
        }

        return outcomes;
    }

    /// <returns>The product as it is now.</returns>
    private async Task<LicenceProduct?> WriteAsync(
        string productId, LicenceProduct? product, IReadOnlyList<LicenceWrite> writes, List<int> open, LicenceOutcome[] outcomes, CancellationToken cancellationToken)
    {
        // At first as if the licences were as the plan expects; only where they are not, they are looked at.
        var looked = false;
        while (open.Count > 0)
        {
            if (product is null)
            {
                open.ForEach(index => outcomes[index] = writes[index].Grant is null ? LicenceOutcome.Done : LicenceOutcome.NoProduct);
                return null;
            }

            var back = open.Count(index => writes[index].Grant is null);
            var free = Math.Max(0, product.Total - product.Granted) + back;
            var tooMany = open.Where(index => writes[index].Grant is not null).Skip(free).ToList();
            if (tooMany.Count > 0 && looked)
            {
                tooMany.ForEach(index => outcomes[index] = LicenceOutcome.NoneLeft);
                open.RemoveAll(tooMany.Contains);
                continue;
            }

            if (tooMany.Count == 0)
            {
                var next = product with { Granted = product.Granted + open.Count - (2 * back) };
                if (await table.TryTransactAsync([LicenceStore.Replace(next), .. open.Select(index => LicenceStore.Write(productId, writes[index]))], cancellationToken) is { } tag)
                {
                    open.ForEach(index => outcomes[index] = LicenceOutcome.Done);
                    return next with { ETag = tag };
                }
            }

            // Another run was faster, or an earlier attempt of this one did a part. The product first: a licence that is granted after it was read
            // changes its entity tag, and the transaction fails again.
            product = await store.GetAsync(productId, cancellationToken);
            var holders = await store.HoldersAsync(productId, [.. open.Select(index => writes[index].UserId)], cancellationToken);
            open.RemoveAll(index =>
            {
                var done = product is not null && holders.Contains(writes[index].UserId) == writes[index].Grant is not null;
                outcomes[index] = done ? LicenceOutcome.Done : outcomes[index];
                return done;
            });
            looked = true;
        }

        return product;
    }
}
