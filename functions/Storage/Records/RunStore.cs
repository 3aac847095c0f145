using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>How far one part of a run is, for people to watch.</summary>
/// <param name="Phase">The phase that the part belongs to.</param>
/// <param name="Done">Of <paramref name="Total"/>, in the phase's own unit.</param>
/// <param name="Total">0 while unknown.</param>
/// <param name="Finished">Nothing more will come.</param>
public sealed record PartProgress(string Phase, long Done, long Total, bool Finished);

/// <summary>Runs, and beside them what changes while one goes on: the wish to cancel it and the progress of its parts.</summary>
public sealed class RunStore
{
    private readonly RecordTable runs;
    private readonly RecordTable progress;

    internal RunStore(StorageClients clients) =>
        (runs, progress) = (new RecordTable(clients, StorageNames.Runs), new RecordTable(clients, StorageNames.Progress));

    /// <param name="directoryId">Of the directory.</param>
    /// <param name="now">The start; a millisecond is the grain.</param>
    /// <param name="entropy">Any number; its lowest 16 bits tell runs of the same millisecond apart.</param>
    public static string NewRunId(string directoryId, DateTimeOffset now, int entropy) => RunEntity.NewId(directoryId, now, entropy);

    /// <summary>When the run with this id was started; null where the text is not a run's id.</summary>
    public static DateTimeOffset? TimeOf(string runId) => RunEntity.TimeOf(runId);

    /// <returns>The record with its entity tag.</returns>
    /// <exception cref="RecordExistsException">Another run has this id.</exception>
    public async Task<RunRecord> InsertAsync(RunRecord run, CancellationToken cancellationToken = default) =>
        run with { ETag = await runs.InsertAsync(RunEntity.From(run), cancellationToken) };

    /// <summary>The run; <see cref="RunRecord.CancelRequested"/> is up to date, whoever asked. Null also where the id is malformed.</summary>
    public async Task<RunRecord?> GetAsync(string runId, CancellationToken cancellationToken = default)
    {
        if (RunEntity.Keys(runId) is not var (directory, row))
        {
            return null;
        }

        var reading = runs.GetAsync(directory, row, cancellationToken);
        var cancelled = await IsCancelRequestedAsync(runId, cancellationToken);
        var run = await reading is { } entity ? RunEntity.To(entity) : null;
        return run is not null && cancelled ? run with { CancelRequested = true } : run;
    }

    /// <returns>The record with its new entity tag.</returns>
    /// <exception cref="RecordChangedException">The record was changed or removed since it was read. A wish to cancel does not change it.</exception>
    public async Task<RunRecord> ReplaceAsync(RunRecord run, CancellationToken cancellationToken = default) =>
        run with { ETag = await runs.ReplaceAsync(RunEntity.From(run), run.ETag, cancellationToken) };

    /// <summary>Reads, changes and replaces the record, again while somebody else is faster.</summary>
    /// <exception cref="RecordChangedException">There is no such run.</exception>
    public async Task<RunRecord> UpdateAsync(string runId, Func<RunRecord, RunRecord> change, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var run = await GetAsync(runId, cancellationToken) ?? throw new RecordChangedException("The run's record was removed.");
            try
            {
                return await ReplaceAsync(change(run), cancellationToken);
            }
            catch (RecordChangedException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>The directory's runs, the latest first, at most <paramref name="max"/>.</summary>
    public async IAsyncEnumerable<RunRecord> ListAsync(
        string directoryId, int max, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var rows = runs.QueryAsync($"PartitionKey eq {directoryId}", pageSize: Math.Clamp(max, 1, 1000), cancellationToken: cancellationToken);
        await foreach (var row in rows.Take(max).WithCancellation(cancellationToken))
        {
            yield return RunEntity.To(row);
        }
    }

    public async Task<bool> IsCancelRequestedAsync(string runId, CancellationToken cancellationToken = default) =>
        CancelKeys(runId) is var (partition, row) && await runs.GetAsync(partition, row, cancellationToken) is not null;

    /// <summary>Asks a run to stop; it does at its next step. A row of its own, so that it never collides with what the run writes.</summary>
    public Task RequestCancelAsync(string runId, CancellationToken cancellationToken = default) => CancelKeys(runId) is var (partition, row)
        ? runs.UpsertAsync(new TableEntity(partition, row), cancellationToken)
        : throw new ArgumentException("A run's id is {directory}.{16 hexadecimal digits}.", nameof(runId));

    /// <param name="runId">Of the run.</param>
    /// <param name="part">A name of the part, unique in the run and legal in a key, e.g. <c>users-3</c>.</param>
    /// <param name="progress">Replaces what the part said before.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task ReportProgressAsync(string runId, string part, PartProgress progress, CancellationToken cancellationToken = default) =>
        this.progress.UpsertAsync(
            new TableEntity(runId, part)
            {
                ["Phase"] = progress.Phase,
                ["Done"] = progress.Done,
                ["Total"] = progress.Total,
                ["Finished"] = progress.Finished,
            },
            cancellationToken);

    /// <returns>By part.</returns>
    public async Task<IReadOnlyDictionary<string, PartProgress>> ReadProgressAsync(string runId, CancellationToken cancellationToken = default)
    {
        var parts = new Dictionary<string, PartProgress>(StringComparer.Ordinal);
        await foreach (var row in progress.QueryAsync($"PartitionKey eq {runId}", cancellationToken: cancellationToken))
        {
            parts[row.RowKey] = new PartProgress(row.Text("Phase") ?? "", row.Number("Done"), row.Number("Total"), row.Flag("Finished"));
        }

        return parts;
    }

    /// <summary>Removes finished runs that were started before, with what was written beside them.</summary>
    /// <returns>How many runs.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var edge = RunEntity.RowOf(before);
        var old = await runs.QueryAsync($"RowKey gt {edge}", select: ["PartitionKey", "RowKey", "Status", "Finished"], cancellationToken: cancellationToken)
            .Where(row => row.Text("Status") is null || row.Time("Finished") is not null)
            .ToListAsync(cancellationToken);
        foreach (var partition in old.GroupBy(row => row.PartitionKey, StringComparer.Ordinal))
        {
            foreach (var run in partition.Where(row => row.Text("Status") is not null))
            {
                await DeleteProgressAsync($"{run.PartitionKey}.{run.RowKey}", cancellationToken);
            }

            await runs.WriteAsync([.. partition.Select(row => new RowWrite(new TableEntity(row.PartitionKey, row.RowKey), WriteKind.Delete))], cancellationToken);
        }

        return old.Count(row => row.Text("Status") is not null);
    }

    public async Task DeleteProgressAsync(string runId, CancellationToken cancellationToken = default)
    {
        var parts = await ReadProgressAsync(runId, cancellationToken);
        await progress.WriteAsync([.. parts.Keys.Select(part => new RowWrite(new TableEntity(runId, part), WriteKind.Delete))], cancellationToken);
    }

    // A directory's id has no dot, so no directory's partition is met.
    private static (string Partition, string Row)? CancelKeys(string runId) =>
        RunEntity.Keys(runId) is var (directory, row) ? ($"cancel.{directory}", row) : null;
}
