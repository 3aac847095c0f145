using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: takes refused logins out of the plan of a range.</summary>
public sealed class AmendPlan(RangeAmending amending, ILogger<AmendPlan> logger)
{
    [Function(nameof(AmendPlan))]
    public Task<RangePlanned> Run([ActivityTrigger] AmendPlanInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.Range.Part.RunId, nameof(AmendPlan), () => amending.AmendAsync(input, cancellationToken));
}

public sealed class RangeAmending(RunFiles files, StagingArea staging)
{
    public async Task<RangePlanned> AmendAsync(AmendPlanInput input, CancellationToken cancellationToken)
    {
        var (range, part) = (input.Range, input.Range.Part);
        var refused = (await files.ReadTextsAsync(input.Assignments, Sections.Refused, cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var output = new PlanSegment(files.CreateWriter(RunFiles.PlanFolder(part.RunId), $"plan-{part.First:x2}"));
        var members = await ReadAsync(range.Plan, Sections.IsMembers, PlanFormat.Default.MemberOperation, cancellationToken);
        var general = new BucketPlan();
        general.Notes.UnionWith(await ReadAsync(range.Plan, section => section == Sections.Notes, PlanFormat.Default.RunNote, cancellationToken));
        general.Members.AddRange(members);
        general.Collisions.AddRange(await ReadAsync(range.Plan, section => section == Sections.Collisions, PlanFormat.Default.Collision, cancellationToken));
        var dropped = new HashSet<string>(StringComparer.Ordinal);
        for (var bucket = part.First; bucket <= part.Last; bucket++)
        {
            var current = bucket;
            var plan = new BucketPlan { StateChanged = range.StateChanged };
            plan.Users.AddRange(await ReadAsync(range.Plan, section => section == Sections.UsersOf(current), PlanFormat.Default.UserOperation, cancellationToken));
            dropped.UnionWith(plan.Users.Where(user => user.Action == PlannedAction.Create && refused.Contains(user.UserId)).Select(user => user.UserId));
            await foreach (var record in staging.ReadAsync(range.Plan, Sections.StateOf(bucket), cancellationToken))
            {
                var reader = new RecordReader(record.Span);
                plan.Next.Add(StagedRecords.ReadLinkedUser(ref reader));
            }

            output.Add(bucket, PlanAmendment.Without(plan, refused), range.StateChanged);
            await output.FlushIfNeededAsync(cancellationToken);
        }

        general.Members.RemoveAll(member => dropped.Contains(member.UserId));
        output.Add(part.First, general, withState: false);
        var amended = await output.CompleteAsync(part, range.Sources, cancellationToken);
        return amended with
        {
            Claims = range.Claims,
            ActiveUsers = range.ActiveUsers,
            Memberships = range.Memberships,
            StateChanged = range.StateChanged,
            Rebuilt = range.Rebuilt,
        };
    }

    private async Task<List<T>> ReadAsync<T>(
        SegmentSet plan, Predicate<string> section, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var records = new List<T>();
        await foreach (var record in staging.ReadAsync(plan, section, type, cancellationToken))
        {
            records.Add(record);
        }

        return records;
    }
}
