using LdapSync.App.Sync;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Collisions;

/// <summary>
/// Brings the queue in step with what a run found: new collisions appear, settled ones without an answer disappear. Answers stay; where an
/// answered collision is there all the same (somebody unbound the user again), it is open again. Can be repeated.
/// </summary>
public sealed class CollisionRecording(RunFiles files, StagingArea staging, CollisionStore queue, TimeProvider time)
{
    public async Task RecordAsync(string directoryId, string runId, CancellationToken cancellationToken)
    {
        var found = await FoundAsync(runId, cancellationToken);
        var stored = (await queue.ListAsync(directoryId, cancellationToken)).ToDictionary(record => record.Id, StringComparer.Ordinal);
        foreach (var (id, collision) in found)
        {
            await WriteAsync(new CollisionRecord(directoryId, id) { Collision = collision, RunId = runId, Since = time.GetUtcNow() }, stored.GetValueOrDefault(id), cancellationToken);
        }

        // What an incomplete read did not show may be there all the same (G1).
        if (IsComplete(await files.LoadReadsAsync(runId, cancellationToken)))
        {
            foreach (var settled in stored.Values.Where(record => record.Answer is null && !found.ContainsKey(record.Id)))
            {
                await UnlessChangedAsync(() => queue.DeleteAsync(settled, cancellationToken));
            }
        }
    }

    private async Task<Dictionary<string, Collision>> FoundAsync(string runId, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Collision>(StringComparer.Ordinal);
        foreach (var set in (await files.LoadPlanAsync(runId, cancellationToken)).Sets)
        {
            await foreach (var collision in staging.ReadAsync(set, Sections.Collisions, PlanFormat.Default.Collision, cancellationToken))
            {
                found[Buckets.UserIdFor(DirectoryOf(runId), collision.LdapId)] = collision;
            }
        }

        return found;
    }

    private async Task WriteAsync(CollisionRecord record, CollisionRecord? stored, CancellationToken cancellationToken)
    {
        if (stored is null)
        {
            await queue.InsertAsync(record, cancellationToken);
        }
        else if (stored.Answer is not null || stored.Collision != record.Collision)
        {
            await UnlessChangedAsync(() => queue.ReplaceAsync(record with { Since = stored.Answer is null ? stored.Since : record.Since, ETag = stored.ETag }, cancellationToken));
        }
    }

    /// <summary>Somebody answers at this moment: the next run looks again.</summary>
    private static async Task UnlessChangedAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (RecordChangedException)
        {
            // As said above.
        }
    }

    private static string DirectoryOf(string runId) => runId[..runId.LastIndexOf('.')];

    private static bool IsComplete(ReadResults reads) =>
        reads.Groups.Proof.IsComplete && reads.Users.All(users => users.Proof.IsComplete) && reads.Members.All(members => members.Complete.All(complete => complete));
}
