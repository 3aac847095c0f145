using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>Plans a range of buckets: load, compare, fetch the records that differ, plan, stage the plan.</summary>
public sealed class RangePlanning(
    RunFiles files, StagingArea staging, SyncStateLoader states, UserStore users, RunContexts contexts, RunProgress progress)
{
    public async Task<RangePlanned> PlanAsync(PlanRangeInput input, CancellationToken cancellationToken)
    {
        var part = input.Part;
        var reads = await files.LoadReadsAsync(part.RunId, cancellationToken);
        var context = await ContextAsync(part, reads, cancellationToken);
        var planner = new BucketPlanner(context);
        var range = await CompareAsync(planner, context, reads, input, cancellationToken);
        var comparisons = range.Comparisons;

        var reporter = progress.Start(part.RunId, $"plan-{part.First:x2}", Phases.Planning, part.Last - part.First + 1);
        var records = await users.GetManyAsync(
            [.. comparisons.SelectMany(comparison => comparison.Comparison.RecordsNeeded)], range.UsersInState / Math.Max(1, comparisons.Count), cancellationToken);
        var sources = await files.SaveSourcesAsync(part, new PlanSources(
            range.States, records.Values.Where(record => record.ETag is not null).ToDictionary(record => record.Id, record => record.ETag!)), cancellationToken);
        var output = new PlanSegment(files.CreateWriter(RunFiles.PlanFolder(part.RunId), $"plan-{part.First:x2}"));
        var stateChanged = range.Rebuilt.Count > 0;
        var unchanged = new List<(int Bucket, BucketPlan Plan)>();
        for (var done = 0; comparisons.TryDequeue(out var next); done++)
        {
            // Plans with changes are large and go out one by one; what has none so far waits for whether the next states are wanted at all.
            var plan = planner.Plan(next.Comparison, records);
            unchanged.Add((next.Bucket, plan));
            stateChanged |= plan.StateChanged;
            if (stateChanged)
            {
                unchanged.ForEach(waiting => output.Add(waiting.Bucket, waiting.Plan, withState: true));
                unchanged.Clear();
                await output.FlushIfNeededAsync(cancellationToken);
            }

            await reporter.AdvanceAsync(done, cancellationToken);
        }

        unchanged.ForEach(waiting => output.Add(waiting.Bucket, waiting.Plan, withState: false));
        await reporter.FinishAsync(part.Last - part.First + 1, cancellationToken);
        return await output.CompleteAsync(part, sources, cancellationToken) with
        {
            ActiveUsers = range.ActiveUsers,
            Memberships = range.Memberships,
            StateChanged = stateChanged,
            Rebuilt = range.Rebuilt,
        };
    }

    /// <param name="Comparisons">In order of the buckets. A queue, so that what is planned can be let go of: a range of new users is most of what is in memory.</param>
    /// <param name="States">Entity tags of the sync states; null for a bucket that had none.</param>
    private sealed record ComparedRange(
        Queue<(int Bucket, BucketComparison Comparison)> Comparisons, Dictionary<int, string?> States, int UsersInState, long ActiveUsers, long Memberships, IReadOnlyList<int> Rebuilt);

    private async Task<ComparedRange> CompareAsync(
        BucketPlanner planner, PlanContext context, ReadResults reads, PlanRangeInput input, CancellationToken cancellationToken)
    {
        var buckets = await BucketsAsync(reads, input.Part, cancellationToken);
        var loaded = await states.LoadAsync(context, buckets, cancellationToken);
        var inputs = await LoadAsync(context, reads, input, buckets, loaded, cancellationToken);
        return new ComparedRange(
            new(buckets.Zip(inputs.ConvertAll(planner.Compare))),
            buckets.Zip(loaded).ToDictionary(pair => pair.First, pair => pair.Second.ETag),
            inputs.Sum(bucket => bucket.State.Count),
            inputs.Sum(bucket => bucket.State.LongCount(user => user.Active)),
            inputs.Sum(bucket => bucket.State.Sum(user => (long)user.Roles.Count)),
            [.. buckets.Zip(loaded).Where(pair => pair.Second.Rebuilt).Select(pair => pair.First)]);
    }

    private async Task<PlanContext> ContextAsync(RunPart part, ReadResults reads, CancellationToken cancellationToken)
    {
        var run = await files.LoadContextAsync(part.RunId, cancellationToken);
        var links = await files.LoadLinksAsync(part.RunId, cancellationToken);
        var complete = new bool[links.Count];
        foreach (var members in reads.Members)
        {
            for (var i = 0; i < members.Complete.Count; i++)
            {
                complete[members.First + i] = members.Complete[i];
            }
        }

        return await contexts.CreateAsync(run.DirectoryId, run.Settings, links, reads.Users.All(read => read.Proof.IsComplete), complete, cancellationToken);
    }

    private async Task<List<BucketInput>> LoadAsync(PlanContext context, ReadResults reads, PlanRangeInput input, IReadOnlyList<int> buckets, IReadOnlyList<LoadedState> loaded, CancellationToken cancellationToken)
    {
        var (first, last) = (input.Part.First, input.Part.Last);
        var inputs = loaded.Select(state => new BucketInput
        {
            State = state.Users,
            StateRebuilt = state.Rebuilt,
            Touched = reads.Mode == RunMode.Delta ? new HashSet<string>(StringComparer.Ordinal) : null,
            Presence = reads.Mode == RunMode.Changed ? new Dictionary<string, bool>(StringComparer.Ordinal) : null,
        }).ToList();
        var byBucket = buckets.Zip(inputs).ToDictionary(pair => pair.First, pair => pair.Second);
        BucketInput Of(string section) => byBucket[Sections.BucketOf(section)];

        foreach (var set in reads.Users.Select(read => read.Users).Concat(input.Missing is null ? [] : [input.Missing]))
        {
            await foreach (var (section, record) in staging.ReadSectionsAsync(set, Sections.InRange(Sections.UsersOf, first, last), cancellationToken))
            {
                var user = StagedRecords.ReadUser(record.Span);
                Of(section).Users[user.LdapId] = user;
            }

            await foreach (var (section, record) in staging.ReadSectionsAsync(set, Sections.InRange(Sections.UnmappedOf, first, last), cancellationToken))
            {
                var (ldapId, enabled) = StagedRecords.ReadPresence(record.Span);
                Of(section).Unmapped[ldapId] = enabled;
            }

            await foreach (var (section, record) in staging.ReadSectionsAsync(set, Sections.InRange(Sections.TouchedOf, first, last), cancellationToken))
            {
                Of(section).Touched!.Add(System.Text.Encoding.UTF8.GetString(record.Span));
            }

            await foreach (var (section, record) in staging.ReadSectionsAsync(set, Sections.InRange(Sections.PresenceOf, first, last), cancellationToken))
            {
                var (ldapId, enabled) = StagedRecords.ReadPresence(record.Span);
                Of(section).Presence![ldapId] = enabled;
            }
        }

        foreach (var set in reads.Members.Select(read => read.Members))
        {
            await foreach (var (section, record) in staging.ReadSectionsAsync(set, Sections.InRange(Sections.MembershipsOf, first, last), cancellationToken))
            {
                var (ldapId, role) = StagedRecords.ReadMembership(record.Span);
                var memberships = Of(section).Memberships;
                if (!memberships.TryGetValue(ldapId, out var roles))
                {
                    memberships[ldapId] = roles = [];
                }

                roles.Add(role);
            }
        }

        return inputs;
    }

    /// <summary>Mode <em>delta</em>: the buckets that somebody who was looked at is in; else the whole range.</summary>
    private async Task<IReadOnlyList<int>> BucketsAsync(ReadResults reads, RunPart part, CancellationToken cancellationToken)
    {
        var range = Enumerable.Range(part.First, part.Last - part.First + 1);
        if (reads.Mode != RunMode.Delta)
        {
            return [.. range];
        }

        var sections = new HashSet<string>(StringComparer.Ordinal);
        foreach (var users in reads.Users)
        {
            sections.UnionWith((await staging.SectionsAsync(users.Users, cancellationToken)).Keys);
        }

        return [.. range.Where(bucket => sections.Contains(Sections.TouchedOf(bucket)))];
    }
}
