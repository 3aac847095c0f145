using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using LdapSync.Core.SignIns;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>
/// Attempts to sign in of the current window, by login and by address: partition = directory, row = a hash, since the rows tell nobody's name. All
/// instances share them: a row is replaced only as it was read, so of attempts at the same moment no more than the limit get through.
/// </summary>
public sealed class SignInLimitStore
{
    private const string Attempts = "Attempts";
    private const string Last = "Last";
    private const int Tries = 30;

    private readonly RecordTable table;

    // Attempts on one login in this process go one after the other: a thousand at a time would mostly fail to replace each other's row.
    private readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    internal SignInLimitStore(StorageClients clients) => table = new RecordTable(clients, StorageNames.SignInLimits);

    /// <param name="directoryId">Of the directory.</param>
    /// <param name="subject">What is limited, e.g. <c>login:anna</c>.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">Attempts within the window.</param>
    /// <param name="window">Its length.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Whether the attempt may be made; it is counted then, under the last of its times.</returns>
    public Task<AttemptDecision> TryAddAsync(
        string directoryId, string subject, DateTimeOffset now, int limit, TimeSpan window, CancellationToken cancellationToken = default) =>
        ChangeAsync(directoryId, subject, attempts => AttemptWindow.Add(attempts, now, limit, window), decision => decision.Allowed, cancellationToken);

    /// <summary>Takes an attempt back: it succeeded, or was never made.</summary>
    public Task TakeBackAsync(string directoryId, string subject, long attempt, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            directoryId, subject, attempts => new AttemptDecision(true, [.. attempts.Where(other => other != attempt)], TimeSpan.Zero),
            decision => true, cancellationToken);

    /// <summary>Removes what no window reaches any more.</summary>
    public async Task DeleteOlderAsync(string directoryId, DateTimeOffset time, CancellationToken cancellationToken = default)
    {
        var old = new List<RowWrite>();
        await foreach (var row in table.QueryAsync($"PartitionKey eq {directoryId} and Last lt {time}", cancellationToken: cancellationToken))
        {
            old.Add(new RowWrite(new TableEntity(directoryId, row.RowKey), WriteKind.Delete, row.ETag));
        }

        await table.WriteAsync(old, cancellationToken);
    }

    private async Task<AttemptDecision> ChangeAsync(
        string directoryId, string subject, Func<IReadOnlyList<long>, AttemptDecision> change, Func<AttemptDecision, bool> isWritten, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)));
        var gate = gates[Convert.ToInt32(key[..2], 16) % gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 0; attempt < Tries; attempt++)
            {
                var row = await table.GetAsync(directoryId, key, cancellationToken);
                var decision = change(Read(row));
                if (!isWritten(decision) || await TryWriteAsync(directoryId, key, row, decision.Attempts, cancellationToken))
                {
                    return decision;
                }
            }

            // So many others at the same moment are an attack.
            return new AttemptDecision(false, [], TimeSpan.FromSeconds(1));
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<bool> TryWriteAsync(string directoryId, string key, TableEntity? row, IReadOnlyList<long> attempts, CancellationToken cancellationToken)
    {
        var entity = new TableEntity(directoryId, key)
        {
            [Attempts] = string.Join(',', attempts.Select(attempt => attempt.ToString(CultureInfo.InvariantCulture))),

            // Two that write the same at the same moment must not both take the row for their own.
            ["Writer"] = Guid.NewGuid().ToString("N"),
            [Last] = new DateTimeOffset(attempts.Count == 0 ? EntityFields.Earliest.UtcTicks : attempts[^1], TimeSpan.Zero),
        };
        var outcome = await table.WriteAsync([row is null ? new RowWrite(entity, WriteKind.Insert) : new RowWrite(entity, WriteKind.Replace, row.ETag)], cancellationToken);
        return outcome[0] == WriteOutcome.Done;
    }

    private static IReadOnlyList<long> Read(TableEntity? row) =>
        [.. (row?.Text(Attempts) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
}
