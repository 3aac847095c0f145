using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>One login to claim, take over or release.</summary>
/// <param name="Login">As the directory or an administrator writes it.</param>
/// <param name="UserId">Whose it becomes; with <paramref name="Release"/>: whose it was.</param>
/// <param name="ReplacesUserId">Null: the login must be free (or this user's). Else it must be this user's or that one's.</param>
/// <param name="Release">The login becomes free.</param>
public sealed record LoginWrite(string Login, string UserId, string? ReplacesUserId = null, bool Release = false);

/// <summary>The unique index of logins: partition = the login's bucket, row = the normalized login. Logins compare without case (rule U5).</summary>
public sealed class LoginStore
{
    private const string UserId = "UserId";

    private readonly RecordTable table;

    internal LoginStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.Logins);

    public async Task<string?> FindUserIdAsync(string login, CancellationToken cancellationToken = default) =>
        (await table.GetAsync(Partition(login), LoginKey.Of(login), cancellationToken))?.Text(UserId);

    /// <summary>Who has these logins; those that are free are left out.</summary>
    /// <returns>User ids by <see cref="Buckets.NormalizeLogin"/> of the login.</returns>
    public Task<IReadOnlyDictionary<string, string>> FindManyAsync(int loginBucket, IReadOnlyCollection<string> logins, CancellationToken cancellationToken = default) =>
        FindManyAsync(loginBucket, logins, null, cancellationToken);

    /// <summary>Like <see cref="FindManyAsync(int, IReadOnlyCollection{string}, CancellationToken)"/>.</summary>
    /// <param name="loginBucket">Of all of them.</param>
    /// <param name="logins">In any case.</param>
    /// <param name="bucketLogins">About how many logins the bucket has; null: not known.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>User ids by <see cref="Buckets.NormalizeLogin"/> of the login.</returns>
    public async Task<IReadOnlyDictionary<string, string>> FindManyAsync(
        int loginBucket, IReadOnlyCollection<string> logins, long? bucketLogins, CancellationToken cancellationToken = default)
    {
        var normalized = logins.Select(Buckets.NormalizeLogin).Distinct(StringComparer.Ordinal).ToDictionary(LoginKey.Of, StringComparer.Ordinal);
        var rows = await table.GetManyAsync(Buckets.Key(loginBucket), normalized.Keys, bucketLogins, cancellationToken);
        return rows.ToDictionary(row => normalized[row.Key], row => row.Value.Text(UserId) ?? "", StringComparer.Ordinal);
    }

    /// <returns>True when the login is this user's now; false when it is another's.</returns>
    public async Task<bool> TryClaimAsync(string login, string userId, CancellationToken cancellationToken = default)
    {
        try
        {
            await table.InsertAsync(Row(Partition(login), login, userId), cancellationToken);
            return true;
        }
        catch (RecordExistsException)
        {
            return false;
        }
    }

    /// <summary>Makes the login free where it is this user's; else nothing.</summary>
    public async Task ReleaseAsync(string login, string userId, CancellationToken cancellationToken = default) =>
        await WriteAsync(Buckets.OfLogin(login), [new LoginWrite(login, userId, Release: true)], cancellationToken);

    /// <summary>Writes logins of one bucket, each for itself. Can be repeated.</summary>
    /// <returns>
    /// Per write: Done; AlreadyExists (to claim, but another's); Changed (to take over or release, but someone else's); Missing (to take over or
    /// release, but free).
    /// </returns>
    /// <exception cref="ArgumentException">A login of another bucket, or one that is there twice.</exception>
    public async Task<IReadOnlyList<WriteOutcome>> WriteAsync(
        int loginBucket, IReadOnlyList<LoginWrite> writes, CancellationToken cancellationToken = default)
    {
        var partition = Buckets.Key(loginBucket);
        if (writes.Any(write => Buckets.OfLogin(write.Login) != loginBucket))
        {
            throw new ArgumentException($"A login of another bucket is among those of bucket {partition}.", nameof(writes));
        }

        var rows = writes.Select(write => Row(partition, write.Login, write.UserId)).ToArray();
        var held = await table.GetManyAsync(
            partition, rows.Where((_, i) => writes[i].Release || writes[i].ReplacesUserId is not null).Select(row => row.RowKey), cancellationToken);
        var outcomes = new WriteOutcome[writes.Count];
        var (positions, needed) = (new List<int>(), new List<RowWrite>());
        for (var i = 0; i < rows.Length; i++)
        {
            if (Plan(writes[i], rows[i], held.GetValueOrDefault(rows[i].RowKey), out outcomes[i]) is { } row)
            {
                positions.Add(i);
                needed.Add(row);
            }
        }

        var written = await table.WriteAsync(needed, cancellationToken);
        for (var i = 0; i < positions.Count; i++)
        {
            outcomes[positions[i]] = written[i];
        }

        return outcomes;
    }

    /// <summary>The row to write, or null when the outcome is certain without.</summary>
    private static RowWrite? Plan(LoginWrite write, TableEntity row, TableEntity? held, out WriteOutcome outcome)
    {
        outcome = WriteOutcome.Done;
        if (!write.Release && write.ReplacesUserId is null)
        {
            return new RowWrite(row, WriteKind.Insert);
        }

        var holder = held?.Text(UserId);
        if (held is null)
        {
            outcome = WriteOutcome.Missing;
            return null;
        }

        if (write.Release)
        {
            outcome = holder == write.UserId ? WriteOutcome.Done : WriteOutcome.Changed;
            return outcome == WriteOutcome.Done ? new RowWrite(row, WriteKind.Delete, held.ETag) : null;
        }

        outcome = holder == write.UserId || holder == write.ReplacesUserId ? WriteOutcome.Done : WriteOutcome.Changed;
        return outcome == WriteOutcome.Done && holder != write.UserId ? new RowWrite(row, WriteKind.Replace, held.ETag) : null;
    }

    private static string Partition(string login) => Buckets.Key(Buckets.OfLogin(login));

    private static TableEntity Row(string partition, string login, string userId) => new(partition, LoginKey.Of(login)) { [UserId] = userId };
}
