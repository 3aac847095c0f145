using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>One membership to write in a batch.</summary>
/// <param name="UserId">Of the user.</param>
/// <param name="FromDirectory">Owned by the synchronization.</param>
/// <param name="Kind">Upsert or Delete.</param>
public sealed record MemberWrite(string UserId, bool FromDirectory, WriteKind Kind);

/// <summary>A page of memberships, in order of user id.</summary>
public sealed record MemberPage(IReadOnlyList<MemberRecord> Items, string? ContinuationToken);

/// <summary>Memberships: partition = role, row = user, so that a role's members are in order of their buckets.</summary>
public sealed class MemberStore
{
    private const string FromDirectory = "FromDirectory";

    private readonly RecordTable table;

    internal MemberStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.Members);

    /// <summary>The members of a role whose users are in these buckets (both included), in order of user id.</summary>
    public async IAsyncEnumerable<MemberRecord> ReadRoleAsync(
        string roleId, int firstBucket, int lastBucket, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // "g" comes after every hexadecimal digit.
        var (from, to) = (Buckets.Key(firstBucket), lastBucket >= Buckets.Count - 1 ? "g" : Buckets.Key(lastBucket + 1));
        FormattableString filter = $"PartitionKey eq {roleId} and RowKey ge {from} and RowKey lt {to}";
        await foreach (var row in table.QueryAsync(filter, cancellationToken: cancellationToken))
        {
            yield return To(row);
        }
    }

    public async Task<MemberPage> PageAsync(string roleId, int pageSize, string? token, CancellationToken cancellationToken = default)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {roleId}");
        var (rows, next) = await table.PageAsync(filter, pageSize, token, requests: 10, cancellationToken);
        return new MemberPage(rows.ConvertAll(To), next);
    }

    public async Task<MemberRecord?> GetAsync(string roleId, string userId, CancellationToken cancellationToken = default) =>
        await table.GetAsync(roleId, userId, cancellationToken) is { } row ? To(row) : null;

    /// <summary>Whether the synchronization has put anybody into the role.</summary>
    public async Task<bool> AnyFromDirectoryAsync(string roleId, CancellationToken cancellationToken = default) =>
        await table.QueryAsync($"PartitionKey eq {roleId} and FromDirectory eq {true}", pageSize: 1, cancellationToken: cancellationToken).AnyAsync(cancellationToken);

    /// <summary>Writes memberships of one role. Can be repeated.</summary>
    /// <returns>Per write: Done, or Missing for a delete of what is not there.</returns>
    /// <exception cref="ArgumentException">Another kind than Upsert and Delete, a user twice, or a broken limit of the tables.</exception>
    public Task<IReadOnlyList<WriteOutcome>> WriteAsync(string roleId, IReadOnlyList<MemberWrite> writes, CancellationToken cancellationToken = default)
    {
        var rows = new RowWrite[writes.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            if (writes[i].Kind is not (WriteKind.Upsert or WriteKind.Delete))
            {
                throw new ArgumentException($"A membership is written by Upsert or Delete, not by {writes[i].Kind}.", nameof(writes));
            }

            UserEntity.Partition(writes[i].UserId);
            rows[i] = new RowWrite(new TableEntity(roleId, writes[i].UserId) { [FromDirectory] = writes[i].FromDirectory }, writes[i].Kind);
        }

        return table.WriteAsync(rows, cancellationToken);
    }

    /// <summary>Removes all memberships of a role.</summary>
    public async Task DeleteRoleAsync(string roleId, CancellationToken cancellationToken = default)
    {
        var rows = new List<RowWrite>();
        await foreach (var row in table.QueryAsync($"PartitionKey eq {roleId}", select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            rows.Add(new RowWrite(new TableEntity(roleId, row.RowKey), WriteKind.Delete));
        }

        await table.WriteAsync(rows, cancellationToken);
    }

    private static MemberRecord To(TableEntity row) => new(row.PartitionKey, row.RowKey, row.Flag(FromDirectory));
}
