using LdapSync.Core.Formats;
using LdapSync.Core.Licences;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>Users about whom a run decides, with what is known of them without reading their records.</summary>
public sealed class CandidateSet
{
    public static readonly CandidateSet Empty = new();

    private readonly Dictionary<string, (bool Active, string? Name, DateTimeOffset? Since)> users = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Ids => users.Keys;

    public string? NameOf(string userId) => users.GetValueOrDefault(userId).Name;

    internal IEnumerable<(string UserId, bool Active, DateTimeOffset? Since)> All => users.Select(user => (user.Key, user.Value.Active, user.Value.Since));

    internal void Put(string userId, bool active, string? name, DateTimeOffset? since)
    {
        var known = users.GetValueOrDefault(userId);
        users[userId] = (active, name ?? known.Name, since ?? known.Since);
    }
}

/// <summary>Finds out about whom a run has to decide.</summary>
public sealed class LicenceCandidates(StagingArea staging, UserStore users)
{
    /// <summary>Whom the run activates or deactivates, and the users of buckets whose state was made anew: something was changed by hand there.</summary>
    public async Task<CandidateSet> ChangedAsync(PlanLicencesInput input, RunContext context, CancellationToken cancellationToken)
    {
        var set = new CandidateSet();
        foreach (var range in input.Ranges.Where(range => range.Rebuilt is { Count: > 0 }))
        {
            var sections = range.Rebuilt!.Select(Sections.StateOf).ToHashSet(StringComparer.Ordinal);
            await foreach (var record in staging.ReadAsync(range.Plan, sections.Contains, cancellationToken))
            {
                Put(set, record.Span);
            }
        }

        await AddPlannedAsync(set, input, context, cancellationToken);
        return set;
    }

    /// <summary>Everybody who is synchronized with the directory, and whom the run makes so.</summary>
    public async Task<CandidateSet> AllAsync(PlanLicencesInput input, RunContext context, CancellationToken cancellationToken)
    {
        var set = new CandidateSet();
        foreach (var buckets in Enumerable.Range(0, Buckets.Count).Chunk(8))
        {
            var read = await Task.WhenAll(buckets.Select(async bucket =>
                await users.ReadBucketAsync(bucket, cancellationToken).Where(user => user.DirectoryId == input.DirectoryId).ToListAsync(cancellationToken)));
            foreach (var user in read.SelectMany(some => some))
            {
                set.Put(user.Id, user.Active, user.Login, user.Created);
            }
        }

        await AddPlannedAsync(set, input, context, cancellationToken);
        return set;
    }

    /// <summary>Of those who waited, whom the directory's runs no longer look after: unbound or removed by hand since, or bound to another directory.</summary>
    public async Task<IReadOnlySet<string>> GoneAsync(PlanLicencesInput input, LicenceState before, CancellationToken cancellationToken)
    {
        // A change by hand marks the bucket of the user's id too.
        var rebuilt = input.Ranges.SelectMany(range => range.Rebuilt ?? []).ToHashSet();
        var asked = before.Waiting.Values.SelectMany(waiting => waiting).Select(waiter => waiter.UserId).Distinct(StringComparer.Ordinal)
            .Where(id => rebuilt.Contains(Buckets.OfUserId(id))).ToList();
        var records = await users.GetManyAsync(asked, cancellationToken);
        return asked.Where(id => records.GetValueOrDefault(id)?.DirectoryId != input.DirectoryId).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Only who is to get a licence needs an age; where the plan does not tell it, the record does.</summary>
    public async Task<IReadOnlyCollection<LicenceCandidate>> WithAgeAsync(CandidateSet set, IReadOnlySet<string> holders, CancellationToken cancellationToken)
    {
        var unknown = set.All.Where(user => user.Since is null && user.Active && !holders.Contains(user.UserId)).Select(user => user.UserId).ToList();
        foreach (var (id, record) in await users.GetManyAsync(unknown, cancellationToken))
        {
            set.Put(id, active: true, record.Login, record.Created);
        }

        return [.. set.All.Select(user => new LicenceCandidate(user.UserId, user.Since ?? DateTimeOffset.MaxValue, user.Active))];
    }

    private async Task AddPlannedAsync(CandidateSet set, PlanLicencesInput input, RunContext context, CancellationToken cancellationToken)
    {
        foreach (var range in input.Ranges.Where(range => range.UserOperations > 0))
        {
            await foreach (var operation in staging.ReadAsync(range.Plan, Sections.IsUsers, PlanFormat.Default.UserOperationHead, cancellationToken))
            {
                if (operation.Action is PlannedAction.Create or PlannedAction.Reactivate or PlannedAction.Deactivate)
                {
                    set.Put(
                        operation.UserId, operation.Action != PlannedAction.Deactivate, operation.Name,
                        operation.Action == PlannedAction.Create ? context.Started : null);
                }
            }
        }
    }

    private static void Put(CandidateSet set, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        var user = StagedRecords.ReadLinkedUser(ref reader);
        set.Put(user.UserId, user.Active, name: null, since: null);
    }
}
