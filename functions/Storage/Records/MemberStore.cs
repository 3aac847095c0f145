using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>One membership to write in a batch.</summary>
/// <param name="UserId">Of the user.</param>
/// <param name="FromDirectory">Owned by the synchronization.</param>
/// <param name="Kind">Upsert, Insert or Delete; an insert does the same as an upsert, and is cheaper where there is no membership yet.</param>
public sealed record MemberWrite(string UserId, bool FromDirectory, WriteKind Kind);

/// <summary>A page of memberships.</summary>
public sealed record MemberPage(IReadOnlyList<MemberRecord> Items, string? ContinuationToken);

/// <summary>
/// Memberships: partition = role (<see cref="MemberPartitions"/>), row = user, so that a role's members are in order of their buckets. Whoever reads a role
/// reads all its partitions; which of them a row is written to is kept for each role, and never changes but from one partition to several.
/// </summary>
public sealed class MemberStore
{
    private const string FromDirectory = "FromDirectory";
    private const int ParallelPartitions = 8;

    private readonly RecordTable table;
    private readonly MemberLayouts layouts;

    internal MemberStore(StorageClients clients) => (table, layouts) = (new RecordTable(clients, StorageNames.Members), new MemberLayouts(clients));

    /// <summary>The members of a role whose users are in these buckets (both included).</summary>
    public async IAsyncEnumerable<MemberRecord> ReadRoleAsync(
        string roleId, int firstBucket, int lastBucket, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A role that was spread may have a row in its one partition still (see WriteAsync): that comes first, and is the one that counts. Where the rest is
        // is asked afterwards, so that nobody is missed who is on the way there.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in table.FilterAsync(MemberPartitions.Filter(roleId, 0, firstBucket, lastBucket), cancellationToken: cancellationToken))
        {
            seen.Add(row.RowKey);
            yield return To(row);
        }

        if (await layouts.GetAsync(roleId, cancellationToken) is { Digits: > 0 and var digits })
        {
            await foreach (var row in table.FilterAsync(MemberPartitions.Filter(roleId, digits, firstBucket, lastBucket), cancellationToken: cancellationToken))
            {
                if (!seen.Contains(row.RowKey))
                {
                    yield return To(row);
                }
            }
        }
    }

    public async Task<MemberPage> PageAsync(string roleId, int pageSize, string? token, CancellationToken cancellationToken = default)
    {
        var (rows, next) = await table.PageAsync(MemberPartitions.Filter(roleId), pageSize, token, requests: 10, cancellationToken);
        return new MemberPage(rows.ConvertAll(To), next);
    }

    public async Task<MemberRecord?> GetAsync(string roleId, string userId, CancellationToken cancellationToken = default)
    {
        var row = await table.GetAsync(roleId, userId, cancellationToken);
        if (row is null && await layouts.GetAsync(roleId, cancellationToken) is { Digits: > 0 and var digits })
        {
            row = await table.GetAsync(MemberPartitions.Of(roleId, digits, userId), userId, cancellationToken);
        }

        return row is null ? null : To(row);
    }

    /// <summary>Whether the synchronization has put anybody into the role.</summary>
    public async Task<bool> AnyFromDirectoryAsync(string roleId, CancellationToken cancellationToken = default) =>
        await table.FilterAsync($"{MemberPartitions.Filter(roleId)} and FromDirectory eq true", pageSize: 1, cancellationToken: cancellationToken).AnyAsync(cancellationToken);

    /// <summary>
    /// To be called before many memberships are written: those of a large role go to several partitions from then on. Only the run that holds the
    /// roles' directory may call it.
    /// </summary>
    /// <param name="writes">How many are to be written, by role.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>By role, for <see cref="WriteAsync(string, MemberLayout, IReadOnlyList{MemberWrite}, CancellationToken)"/>.</returns>
    public async Task<IReadOnlyDictionary<string, MemberLayout>> PrepareAsync(IReadOnlyDictionary<string, long> writes, CancellationToken cancellationToken = default)
    {
        var spread = await layouts.ListAsync(cancellationToken);
        var prepared = new Dictionary<string, MemberLayout>(StringComparer.Ordinal);
        foreach (var (roleId, count) in writes)
        {
            var layout = spread.GetValueOrDefault(roleId);
            if (layout.Digits == 0 && MemberPartitions.DigitsFor(count) is > 0 and var digits)
            {
                layout = new MemberLayout(digits, IsMixed: true);
                await layouts.SetAsync(roleId, layout, cancellationToken);
            }

            // Asked when the layout is there to be seen: whoever writes by hand and has not seen it has written before.
            if (layout.IsMixed && !await table.QueryAsync($"PartitionKey eq {roleId}", pageSize: 1, cancellationToken: cancellationToken).AnyAsync(cancellationToken))
            {
                layout = layout with { IsMixed = false };
                await layouts.SetAsync(roleId, layout, cancellationToken);
            }

            prepared[roleId] = layout;
        }

        return prepared;
    }

    /// <summary>Like <see cref="WriteAsync(string, IReadOnlyList{MemberWrite}, CancellationToken)"/>, by the run that has asked for the layout.</summary>
    public async Task<IReadOnlyList<WriteOutcome>> WriteAsync(
        string roleId, MemberLayout layout, IReadOnlyList<MemberWrite> writes, CancellationToken cancellationToken = default)
    {
        Check(writes);
        return layout.Digits > 0
            ? await WriteSpreadAsync(roleId, layout, writes, cancellationToken)
            : await WriteAsync(roleId, writes, Enumerable.Range(0, writes.Count).ToList(), cancellationToken);
    }

    /// <summary>Writes memberships of one role. Can be repeated.</summary>
    /// <returns>Per write: Done, or Missing for a delete of what is not there.</returns>
    /// <exception cref="ArgumentException">Another kind than Upsert, Insert and Delete, a user twice, or a broken limit of the tables.</exception>
    public async Task<IReadOnlyList<WriteOutcome>> WriteAsync(string roleId, IReadOnlyList<MemberWrite> writes, CancellationToken cancellationToken = default)
    {
        var layout = await layouts.GetAsync(roleId, cancellationToken);
        var outcomes = await WriteAsync(roleId, layout, writes, cancellationToken);
        if (layout.Digits > 0)
        {
            return outcomes;
        }

        // Where the role was spread meanwhile, what was just written is in the wrong place.
        layout = await layouts.GetAsync(roleId, cancellationToken);
        return layout.Digits == 0 ? outcomes : await WriteSpreadAsync(roleId, layout with { IsMixed = true }, writes, cancellationToken);
    }

    /// <summary>Removes all memberships of a role. Where they would be is kept: a run may be writing some at this moment.</summary>
    public async Task DeleteRoleAsync(string roleId, CancellationToken cancellationToken = default)
    {
        var rows = new List<RowWrite>();
        await foreach (var row in table.FilterAsync(MemberPartitions.Filter(roleId), select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            rows.Add(new RowWrite(new TableEntity(row.PartitionKey, row.RowKey), WriteKind.Delete));
        }

        await table.DeleteManyAsync(rows, cancellationToken);
    }

    private async Task<IReadOnlyList<WriteOutcome>> WriteSpreadAsync(string roleId, MemberLayout layout, IReadOnlyList<MemberWrite> writes, CancellationToken cancellationToken)
    {
        var outcomes = new WriteOutcome[writes.Count];
        var partitions = Enumerable.Range(0, writes.Count).GroupBy(position => MemberPartitions.Of(roleId, layout.Digits, writes[position].UserId));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelPartitions, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(partitions, parallel, async (partition, token) =>
        {
            var positions = partition.ToList();
            var written = await WriteAsync(partition.Key, writes, positions, token);
            for (var i = 0; i < positions.Count; i++)
            {
                outcomes[positions[i]] = written[i];
            }
        });
        await RemoveFromOneAsync(roleId, layout, writes, outcomes, cancellationToken);
        return outcomes;
    }

    /// <summary>Writes to one partition. What was to be inserted and is there is put in its place.</summary>
    /// <returns>By place in <paramref name="positions"/>.</returns>
    private async Task<WriteOutcome[]> WriteAsync(string partition, IReadOnlyList<MemberWrite> writes, List<int> positions, CancellationToken cancellationToken)
    {
        WriteOutcome[] outcomes = [.. await table.WriteAsync(positions.ConvertAll(position => Row(partition, writes[position], writes[position].Kind)), cancellationToken)];
        var there = Enumerable.Range(0, outcomes.Length).Where(place => outcomes[place] == WriteOutcome.AlreadyExists).ToList();
        await table.WriteAsync(there.ConvertAll(place => Row(partition, writes[positions[place]], WriteKind.Upsert)), cancellationToken);
        there.ForEach(place => outcomes[place] = WriteOutcome.Done);
        return outcomes;
    }

    /// <summary>Rows from before the role was spread. One of a write that began before and ended after that is found when it is to go.</summary>
    private async Task RemoveFromOneAsync(string roleId, MemberLayout layout, IReadOnlyList<MemberWrite> writes, WriteOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var looked = Enumerable.Range(0, writes.Count).Where(position => layout.IsMixed || outcomes[position] == WriteOutcome.Missing).ToList();
        var old = await table.GetManyAsync(roleId, looked.Select(position => writes[position].UserId), cancellationToken);
        var positions = looked.FindAll(position => old.ContainsKey(writes[position].UserId));

        // Who is written elsewhere has not been taken out of the role by whoever writes.
        var rows = positions.ToLookup(position => writes[position].Kind == WriteKind.Delete, position => Row(roleId, writes[position], WriteKind.Delete));
        await table.DeleteMovedAsync([.. rows[false]], cancellationToken);
        await table.WriteAsync([.. rows[true]], cancellationToken);
        positions.ForEach(position => outcomes[position] = WriteOutcome.Done);
    }

    private static void Check(IReadOnlyList<MemberWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Kind is not (WriteKind.Upsert or WriteKind.Insert or WriteKind.Delete))
            {
                throw new ArgumentException($"A membership is written by Upsert, Insert or Delete, not by {write.Kind}.", nameof(writes));
            }

            UserEntity.Partition(write.UserId);
        }
    }

    private static RowWrite Row(string partition, MemberWrite write, WriteKind kind) =>
        new(new TableEntity(partition, write.UserId) { [FromDirectory] = write.FromDirectory }, kind);

    private static MemberRecord To(TableEntity row) => new(MemberPartitions.RoleOf(row.PartitionKey), row.RowKey, row.Flag(FromDirectory));
}
