using LdapSync.App.Sync;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Explanations;

/// <summary>What the last runs changed about some people, from the runs' journals.</summary>
public sealed class PersonHistory(RunStore runs, RunFiles files, StagingArea staging)
{
    private const int Runs = 20;
    private const int Changes = 100;

    public async Task<IReadOnlyList<PastChangeView>> ReadAsync(string directoryId, IReadOnlySet<string> userIds, IReadOnlySet<int> buckets, CancellationToken cancellationToken)
    {
        var past = new List<PastChangeView>();
        await foreach (var run in runs.ListAsync(directoryId, Runs, cancellationToken))
        {
            if (run is { Status: RunStatus.Completed, DryRun: false, PlanHash: not null, Totals.Applied: > 0 } && past.Count < Changes)
            {
                past.AddRange((await ReadAsync(run, userIds, buckets, cancellationToken)).Select(change => new PastChangeView(run.Id, run.Finished, change)));
            }
        }

        return [.. past.Take(Changes)];
    }

    private async Task<List<PlannedChange>> ReadAsync(RunRecord run, IReadOnlySet<string> userIds, IReadOnlySet<int> buckets, CancellationToken cancellationToken)
    {
        var changes = new List<PlannedChange>();
        IReadOnlyList<SegmentSet> sets;
        try
        {
            sets = (await files.LoadPlanAsync(run.Id, cancellationToken)).Sets;
        }
        catch (InvalidDataException)
        {
            // The journal was purged.
            return changes;
        }

        var sections = buckets.Select(Sections.UsersOf).ToHashSet(StringComparer.Ordinal);
        foreach (var set in sets)
        {
            await foreach (var user in staging.ReadAsync(set, sections.Contains, PlanFormat.Default.UserOperation, cancellationToken))
            {
                if (userIds.Contains(user.UserId))
                {
                    changes.AddRange(user.ToChanges());
                }
            }

            await foreach (var member in staging.ReadAsync(set, Sections.IsMembers, PlanFormat.Default.MemberOperation, cancellationToken))
            {
                if (userIds.Contains(member.UserId))
                {
                    changes.Add(member.ToChange());
                }
            }
        }

        return changes;
    }
}
