using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>Users by bucket: one bucket is one partition. All methods throw <see cref="StorageUnavailableException"/> when the tables are away.</summary>
public sealed class UserStore
{
    private const int SearchRequests = 40;

    private readonly RecordTable table;

    internal UserStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.Users);

    public async Task<UserRecord?> GetAsync(string id, CancellationToken cancellationToken = default) =>
        UserEntity.IsId(id) && await table.GetAsync(UserEntity.Partition(id), id, cancellationToken) is { } row ? UserEntity.To(row) : null;

    /// <summary>The users with these ids, by id; those that do not exist are left out. One read per user, or one range per bucket where that is cheaper.</summary>
    public Task<IReadOnlyDictionary<string, UserRecord>> GetManyAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken = default) =>
        GetManyAsync(ids, null, cancellationToken);

    /// <summary>Like <see cref="GetManyAsync(IReadOnlyCollection{string}, CancellationToken)"/>.</summary>
    /// <param name="ids">In any order; what is no id is left out.</param>
    /// <param name="bucketUsers">About how many users a bucket has; null: not known.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyDictionary<string, UserRecord>> GetManyAsync(
        IReadOnlyCollection<string> ids, long? bucketUsers, CancellationToken cancellationToken = default)
    {
        var users = new Dictionary<string, UserRecord>(StringComparer.Ordinal);
        var gate = new Lock();
        var buckets = ids.Where(UserEntity.IsId).GroupBy(UserEntity.Partition, StringComparer.Ordinal);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(buckets, parallel, async (bucket, token) =>
        {
            var rows = await table.GetManyAsync(bucket.Key, bucket, bucketUsers, token);
            lock (gate)
            {
                foreach (var (id, row) in rows)
                {
                    users[id] = UserEntity.To(row);
                }
            }
        });
        return users;
    }

    /// <summary>All users of one bucket, in order of id.</summary>
    public async IAsyncEnumerable<UserRecord> ReadBucketAsync(int bucket, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var row in table.QueryAsync($"PartitionKey eq {Buckets.Key(bucket)}", cancellationToken: cancellationToken))
        {
            yield return UserEntity.To(row);
        }
    }

    /// <exception cref="ArgumentException">The continuation token is not ours, or the page size is out of range.</exception>
    public async Task<UserPage> SearchAsync(UserQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, 1000);
        var conditions = Conditions(query);
        var filter = conditions.Count == 0 ? null : string.Join(" and ", conditions);
        var (rows, token) = await table.PageAsync(filter, query.PageSize, query.ContinuationToken, SearchRequests, cancellationToken);
        return new UserPage(rows.ConvertAll(UserEntity.To), token);
    }

    /// <summary>Like <see cref="SearchAsync"/>, for somebody who waits: it gives what it has found when its time is nearly over.</summary>
    /// <param name="query">Its continuation is one of this method's.</param>
    /// <param name="budget">At least one request is made, however short it is.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">The continuation token is not ours, or the page size is out of range.</exception>
    public async Task<UserPage> SearchWithinAsync(UserQuery query, TimeSpan budget, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, 1000);
        var (rows, next, percent) = await new UserWalk(table, time).LookAsync(Conditions(query), query.PageSize, query.ContinuationToken, budget, cancellationToken);
        return new UserPage(rows.ConvertAll(UserEntity.To), next) { Percent = percent };
    }

    private static List<string> Conditions(UserQuery query)
    {
        var conditions = new List<string>();
        if (query.Active is { } active)
        {
            conditions.Add(TableClient.CreateQueryFilter($"Active eq {active}"));
        }

        if (query.DirectoryId is { } directory)
        {
            conditions.Add(TableClient.CreateQueryFilter($"DirectoryId eq {directory}"));
        }

        if (!string.IsNullOrWhiteSpace(query.Search))
        {
            // The last code unit of all ends the range of texts that begin so.
            var first = UserEntity.SearchKey(query.Search);
            var end = first + '\uffff';
            conditions.Add(TableClient.CreateQueryFilter(
                $"((LoginKey ge {first} and LoginKey lt {end}) or (NameKey ge {first} and NameKey lt {end}))"));
        }

        return conditions;
    }

    /// <exception cref="RecordExistsException">Another user has this id.</exception>
    public Task InsertAsync(UserRecord user, CancellationToken cancellationToken = default) =>
        table.InsertAsync(UserEntity.From(user), cancellationToken);

    /// <returns>The record with its new entity tag.</returns>
    /// <exception cref="RecordChangedException">The record was changed or removed since it was read.</exception>
    public async Task<UserRecord> ReplaceAsync(UserRecord user, CancellationToken cancellationToken = default) =>
        user with { ETag = await table.ReplaceAsync(UserEntity.From(user), user.ETag, cancellationToken) };

    /// <summary>Removes the record; guarded by its entity tag where it has one.</summary>
    /// <exception cref="RecordChangedException">The record was changed since it was read.</exception>
    public Task DeleteAsync(UserRecord user, CancellationToken cancellationToken = default) =>
        table.DeleteAsync(UserEntity.Partition(user.Id), user.Id, user.ETag, cancellationToken);

    /// <summary>Writes users of one bucket, each for itself: one that cannot be written does not keep back the others. Can be repeated.</summary>
    /// <returns>An outcome per write, in the order of <paramref name="writes"/>.</returns>
    /// <exception cref="ArgumentException">A user of another bucket, one that is there twice, or a broken limit of the tables.</exception>
    public Task<IReadOnlyList<WriteOutcome>> WriteAsync(int bucket, IReadOnlyList<UserWrite> writes, CancellationToken cancellationToken = default)
    {
        var key = Buckets.Key(bucket);
        var rows = new RowWrite[writes.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var (user, kind) = writes[i];
            var entity = kind switch
            {
                WriteKind.Delete => UserEntity.Keys(user.Id),
                WriteKind.Merge => UserEntity.Difference(writes[i].From ?? throw new ArgumentException("A merge needs the record that it starts from.", nameof(writes)), user),
                _ => UserEntity.From(user),
            };
            rows[i] = new RowWrite(entity, kind, user.ETag is null ? default : new ETag(user.ETag));
            if (entity.PartitionKey != key)
            {
                throw new ArgumentException($"A user of bucket {entity.PartitionKey} is among those of bucket {key}.", nameof(writes));
            }
        }

        return table.WriteAsync(rows, cancellationToken);
    }
}
