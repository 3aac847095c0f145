using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>
/// Applies user operations: exactly what was planned, whole or not at all for each user, and as often as one likes with the same result.
/// A record that no longer has the values the plan was made from is left alone and counted.
/// </summary>
public sealed class UserApplication(RunFiles files, StagingArea staging, UserStore users, RunProgress progress)
{
    private const int ParallelBuckets = 4;
    private const int OperationsAtATime = 1000;

    public async Task<Applied> ApplyAsync(ApplyRangeInput input, CancellationToken cancellationToken)
    {
        var part = input.Part;
        var refused = input.Refused is null
            ? []
            : (await files.ReadTextsAsync(input.Refused, Sections.Refused, cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var versions = (await files.LoadSourcesAsync(part.RunId, input.Sources, cancellationToken)).Users;
        var started = (await files.LoadContextAsync(part.RunId, cancellationToken)).Started;
        var reporter = progress.Start(part.RunId, $"apply-{part.First:x2}", Phases.Applying);
        var leftOut = new LeftOutUsers(files.CreateWriter(RunFiles.PlanFolder(part.RunId), $"left-out-{part.First:x2}"));
        var applied = new Applied(0, 0);
        var (section, waiting) = ("", new List<UserOperation>());
        await foreach (var (name, operation) in staging.ReadSectionsAsync(input.Plan, Sections.IsUsers, PlanFormat.Default.UserOperation, cancellationToken))
        {
            // Whole sections, which are buckets but for users bound by hand, so that transactions are full.
            if (name != section && waiting.Count >= OperationsAtATime)
            {
                await ApplyAsync();
            }

            section = name;
            if (refused.Contains(operation.UserId))
            {
                leftOut.Add(operation.UserId);
                applied = applied with { Conflicts = applied.Conflicts + 1 };
            }
            else
            {
                waiting.Add(operation);
            }
        }

        await ApplyAsync();
        await reporter.FinishAsync(applied.Done + applied.Conflicts, cancellationToken);
        return applied with { LeftOut = await leftOut.CompleteAsync(cancellationToken) };

        async Task ApplyAsync()
        {
            // By the record's own bucket: a user bound by hand is planned in the bucket of the directory user, and stored elsewhere.
            foreach (var chunk in waiting.GroupBy(operation => Buckets.OfUserId(operation.UserId)).Chunk(ParallelBuckets))
            {
                var results = await Task.WhenAll(chunk.Select(bucket => ApplyBucketAsync(part.DirectoryId, bucket.Key, [.. bucket], versions, started, leftOut, cancellationToken)));
                applied = new Applied(applied.Done + results.Sum(result => result.Done), applied.Conflicts + results.Sum(result => result.Conflicts));
                await reporter.AdvanceAsync(applied.Done + applied.Conflicts, cancellationToken);
            }

            waiting.Clear();
        }
    }

    private async Task<Applied> ApplyBucketAsync(
        string directoryId, int bucket, List<UserOperation> operations, IReadOnlyDictionary<string, string> versions, DateTimeOffset started, LeftOutUsers leftOut, CancellationToken cancellationToken)
    {
        // What can be written as it was planned is; only the records that this fails for are read again.
        var quick = operations.ConvertAll(operation => (Operation: operation, Write: operation.Action == PlannedAction.Create ? Created(operation, started) : Merged(operation, versions)));
        var rest = quick.Where(each => each.Write is null).Select(each => each.Operation).ToList();
        quick.RemoveAll(each => each.Write is null);
        var (done, conflicts) = (0L, 0L);
        var written = await users.WriteAsync(bucket, quick.ConvertAll(each => each.Write!), cancellationToken);
        foreach (var ((operation, write), outcome) in quick.Zip(written))
        {
            if (outcome == WriteOutcome.Done || (write!.Kind == WriteKind.Insert && await IsThereAsync(write.Record, cancellationToken)))
            {
                done++;
            }
            else if (write.Kind == WriteKind.Insert)
            {
                leftOut.Add(operation.UserId);
                conflicts++;
            }
            else
            {
                rest.Add(operation);
            }
        }

        var compared = await ApplyReadAsync(directoryId, bucket, rest, leftOut, cancellationToken);
        return new Applied(done + compared.Done, conflicts + compared.Conflicts);
    }

    /// <summary>Reads the records, and writes those that still have what the plan was made from.</summary>
    private async Task<Applied> ApplyReadAsync(string directoryId, int bucket, List<UserOperation> operations, LeftOutUsers leftOut, CancellationToken cancellationToken)
    {
        var current = await users.GetManyAsync(operations.ConvertAll(operation => operation.UserId), cancellationToken);
        var (done, conflicts) = (0L, 0L);
        var writes = new List<UserWrite>();
        foreach (var operation in operations)
        {
            if (operation.Action == PlannedAction.Remove && !current.ContainsKey(operation.UserId))
            {
                done++;
                continue;
            }

            switch (Changed(operation, current.GetValueOrDefault(operation.UserId), directoryId))
            {
                case null:
                    leftOut.Add(operation.UserId);
                    conflicts++;
                    break;
                case { Kind: WriteKind.Insert }:
                    done++;
                    break;
                case var write:
                    writes.Add(write);
                    break;
            }
        }

        var outcomes = await users.WriteAsync(bucket, writes, cancellationToken);
        for (var i = 0; i < writes.Count; i++)
        {
            if (outcomes[i] == WriteOutcome.Done || (outcomes[i] == WriteOutcome.Missing && writes[i].Kind == WriteKind.Delete))
            {
                done++;
            }
            else
            {
                leftOut.Add(writes[i].Record.Id);
                conflicts++;
            }
        }

        return new Applied(done, conflicts);
    }

    /// <summary>Just the fields that change, guarded by the entity tag of the record that was planned from.</summary>
    /// <returns>Null: the record has to be read first.</returns>
    private static UserWrite? Merged(UserOperation operation, IReadOnlyDictionary<string, string> versions)
    {
        if (operation.Action == PlannedAction.Remove || !versions.TryGetValue(operation.UserId, out var version)
            || !operation.Changes.All(change => change is { After: not null } and ({ Before: not null } or { Field: not (UserField.Login or UserField.FullName) })))
        {
            return null;
        }

        var user = new UserRecord(operation.UserId) { Login = "", FullName = "", ETag = version };
        return new UserWrite(operation.Changes.Aggregate(user, (record, change) => UserField.With(record, change.Field, change.After)), WriteKind.Merge)
        {
            From = operation.Changes.Aggregate(user, (record, change) => UserField.With(record, change.Field, change.Before)),
        };
    }

    /// <summary>Whoever came with one run is a member since the same moment, at every attempt.</summary>
    private static UserWrite Created(UserOperation operation, DateTimeOffset started)
    {
        var user = new UserRecord(operation.UserId) { Login = "", FullName = "", Active = false, Created = started };
        return new UserWrite(operation.Changes.Aggregate(user, (record, change) => UserField.With(record, change.Field, change.After)), WriteKind.Insert);
    }

    /// <summary>Unbound or protected since it was planned: by rule he would stay as he is.</summary>
    private static bool IsOutOfReach(UserOperation operation, UserRecord record, string directoryId) =>
        (operation.Find(UserField.DirectoryId) is null && record.DirectoryId != directoryId)
        || (record.Protected && operation.Find(UserField.Active) is { After: "false" });

    /// <returns>Null: the record is gone or was changed. An insert of a record with an ETag: nothing left to do.</returns>
    private static UserWrite? Changed(UserOperation operation, UserRecord? record, string directoryId)
    {
        if (record is null || IsOutOfReach(operation, record, directoryId))
        {
            return null;
        }

        if (operation.Action == PlannedAction.Remove)
        {
            return operation.Changes.All(change => UserField.Read(record, change.Field) == change.Before) ? new UserWrite(record, WriteKind.Delete) : null;
        }

        var changed = record;
        foreach (var change in operation.Changes)
        {
            var value = UserField.Read(record, change.Field);
            if (value == change.After)
            {
                continue;
            }

            if (value != change.Before)
            {
                return null;
            }

            changed = UserField.With(changed, change.Field, change.After);
        }

        return changed == record ? new UserWrite(record, WriteKind.Insert) : new UserWrite(changed, WriteKind.Replace);
    }

    /// <summary>An earlier attempt of this activity created the record, at another time.</summary>
    private async Task<bool> IsThereAsync(UserRecord wanted, CancellationToken cancellationToken) =>
        await users.GetAsync(wanted.Id, cancellationToken) is { } there && there with { Created = wanted.Created, ETag = wanted.ETag } == wanted;
}

/// <summary>Collects, from several buckets at once, whose operations are left out.</summary>
internal sealed class LeftOutUsers(SegmentWriter writer)
{
    private readonly List<string> users = [];

    public void Add(string userId)
    {
        lock (users)
        {
            users.Add(userId);
        }
    }

    /// <returns>Null: nobody.</returns>
    public async Task<SegmentSet?> CompleteAsync(CancellationToken cancellationToken)
    {
        if (users.Count == 0)
        {
            return null;
        }

        foreach (var userId in users)
        {
            writer.Add(Sections.LeftOut, System.Text.Encoding.UTF8.GetBytes(userId));
        }

        return await writer.CompleteAsync(cancellationToken);
    }
}
