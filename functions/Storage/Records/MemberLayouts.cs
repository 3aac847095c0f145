using Azure.Data.Tables;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>Where the members of a role are.</summary>
/// <param name="Digits">So many of the user's id are in the partition key (<see cref="MemberPartitions"/>); 0: one partition.</param>
/// <param name="IsMixed">There were rows in one partition when the role was spread.</param>
public readonly record struct MemberLayout(int Digits, bool IsMixed);

/// <summary>Which roles are spread over several partitions: partition = role, one row. A role without a row has one partition.</summary>
internal sealed class MemberLayouts(StorageClients clients)
{
    private const string Digits = "Digits";
    private const string Mixed = "Mixed";
    private const string Row = "layout";

    private readonly RecordTable table = new(clients, StorageNames.MemberLayouts);

    public async Task<MemberLayout> GetAsync(string roleId, CancellationToken cancellationToken) =>
        await table.GetAsync(roleId, Row, cancellationToken) is { } row ? To(row) : default;

    /// <returns>Of the roles that are spread, by role.</returns>
    public async Task<IReadOnlyDictionary<string, MemberLayout>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, MemberLayout>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAsync(null, cancellationToken: cancellationToken))
        {
            found[row.PartitionKey] = To(row);
        }

        return found;
    }

    public Task SetAsync(string roleId, MemberLayout layout, CancellationToken cancellationToken) =>
        table.UpsertAsync(new TableEntity(roleId, Row) { [Digits] = layout.Digits, [Mixed] = layout.IsMixed }, cancellationToken);

    private static MemberLayout To(TableEntity row) => new((int)row.Number(Digits), row.Flag(Mixed));
}
