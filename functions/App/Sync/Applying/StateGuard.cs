using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Storage.Staging;
using LdapSync.Storage.State;

namespace LdapSync.App.Sync;

/// <summary>
/// Keeps the sync state a true image of the records: a run replaces just the state that it planned from (or its own mark of invalidity),
/// so a change by hand at any moment wins, and the next run looks at the records.
/// </summary>
public sealed class StateGuard(RunFiles files, StagingArea staging, SyncStateStore states)
{
    public async Task<Applied> InvalidateAsync(PrepareApplyInput input, CancellationToken cancellationToken)
    {
        foreach (var range in input.Ranges)
        {
            await MarkAsync(range, cancellationToken);
        }

        return new Applied(0, 0);
    }

    public async Task<Applied> CommitAsync(CommitStateInput input, CancellationToken cancellationToken)
    {
        var written = 0L;
        foreach (var range in input.Ranges)
        {
            written += await WriteAsync(range, cancellationToken);
        }

        return new Applied(written, 0);
    }

    private async Task MarkAsync(RangeSources input, CancellationToken cancellationToken)
    {
        var part = input.Part;
        var planned = (await files.LoadSourcesAsync(part.RunId, input.Sources, cancellationToken)).States;
        var kept = new Dictionary<int, string?>();
        foreach (var buckets in planned.Keys.Chunk(16))
        {
            var marked = await Task.WhenAll(buckets.Select(bucket => states.InvalidatePlannedAsync(part.DirectoryId, bucket, planned[bucket], cancellationToken)));
            foreach (var (bucket, tag) in buckets.Zip(marked).Where(pair => pair.Second is not null))
            {
                kept[bucket] = tag;
            }
        }

        await files.SaveMarksAsync(part, kept, cancellationToken);
    }

    private async Task<long> WriteAsync(RangeState input, CancellationToken cancellationToken)
    {
        var part = input.Part;
        var tags = input.Marked ? await files.LoadMarksAsync(part, cancellationToken) : (await files.LoadSourcesAsync(part.RunId, input.Sources, cancellationToken)).States;
        var links = await files.LoadLinksAsync(part.RunId, cancellationToken);
        var next = tags.Keys.ToDictionary(bucket => bucket, _ => new List<LinkedUser>());
        await foreach (var (section, record) in staging.ReadSectionsAsync(input.Plan, Sections.IsState, cancellationToken))
        {
            var reader = new RecordReader(record.Span);
            var user = StagedRecords.ReadLinkedUser(ref reader);
            if (next.TryGetValue(Sections.BucketOf(section), out var users))
            {
                users.Add(user);
            }
        }

        var written = 0L;
        foreach (var buckets in tags.Keys.Chunk(16))
        {
            var done = await Task.WhenAll(buckets.Select(bucket => states.WriteAsync(
                part.DirectoryId, bucket, StateFormat.Write(links, next[bucket]), tags[bucket], cancellationToken)));
            written += done.Count(success => success);
        }

        return written;
    }
}
