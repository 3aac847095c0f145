using LdapSync.Core.Records;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace LdapSync.App.Sync;

public sealed record SynchronizeUserDataInput(SyncRequest Request, RunOpened Opened);

/// <summary>
/// "Synchronize user data with LDAP": map (read), shuffle (staging by bucket), reduce (plan), guards, apply. Control flow and nothing else.
/// </summary>
public sealed class SynchronizeUserData
{
    public const string ApprovalEvent = "Approval";

    private const int RolesPerRead = 16;
    private const int MaxReadsOfMembers = 32;
    private const int ParallelPlans = 8;
    private const int UsersPerJoin = 50_000;
    private const int MaxJoins = 32;

    public static string InstanceId(string runId) => $"data-{runId}";

    [Function(nameof(SynchronizeUserData))]
    public static async Task<SyncOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, SynchronizeUserDataInput input)
    {
        var (request, opened) = input;
        var calls = new SyncCalls(context, request, Steps.Retry(opened.RetrySeconds));

        calls.Phase(Phases.Reading);
        var reads = opened.Mode == RunMode.Delta ? await ReadDeltaAsync(calls, opened) : await ReadAsync(calls, opened);
        var completed = await calls.ActivityAsync<ReadsCompleted>(nameof(CompleteReads), reads);

        calls.Phase(Phases.Planning);
        var ranges = await PlanAsync(calls, completed.Ranges);
        var logins = await calls.ActivityAsync<LoginsResolved>(
            nameof(ResolveLogins), new ResolveLoginsInput(request.DirectoryId, request.RunId, [.. ranges.Where(range => range.Claims > 0).Select(range => range.Plan)]));
        if (logins.Refused > 0)
        {
            ranges = await Steps.FanOutAsync(ranges, ParallelPlans, range => range.Claims == 0
                ? Task.FromResult(range)
                : calls.ActivityAsync<RangePlanned>(nameof(AmendPlan), new AmendPlanInput(range, logins.Assignments)));
        }

        var licences = opened.Licences
            ? await calls.ActivityAsync<LicencesPlanned>(nameof(PlanLicences), new PlanLicencesInput(request.DirectoryId, request.RunId, ranges))
            : null;
        var guards = await calls.ActivityAsync<GuardsChecked>(nameof(CheckGuards), new CheckGuardsInput(
            request.DirectoryId, request.RunId, request.DryRun, reads, ranges, logins, licences));
        if (request.DryRun)
        {
            return new SyncOutcome(RunStatus.Completed, guards.Totals, null, guards.PlanHash);
        }

        if (guards.Exceeded.Count > 0 && !await IsApprovedAsync(context, calls, guards, opened.ApprovalHours))
        {
            return new SyncOutcome(RunStatus.Rejected, guards.Totals, null, guards.PlanHash);
        }

        calls.Phase(Phases.Applying);
        var applied = await ApplyAsync(calls, opened, ranges, reads.Groups.Plan, logins, licences, guards.Totals);

        // What an incomplete read did not show, or what was left out, may be older than the latest change that was seen.
        var whole = reads.Groups.Proof.IsComplete && reads.Users.All(users => users.Proof.IsComplete) && applied.Conflicts == 0;
        var kept = whole
            ? new Population(
                guards.ActiveUsers + applied.Created + applied.Reactivated - applied.Deactivated, guards.Memberships + applied.MembersAdded - applied.MembersRemoved)
            : null;
        return new SyncOutcome(RunStatus.Completed, applied, whole ? reads.Users.Max(users => users.Watermark) : null, guards.PlanHash, kept);
    }

    /// <summary>Where the changes do not tell enough, everything is read.</summary>
    private static async Task<ReadResults> ReadDeltaAsync(SyncCalls calls, RunOpened opened)
    {
        var request = calls.Request;
        var delta = await calls.ActivityAsync<DeltaRead>(nameof(ReadDelta), request);
        return delta is { Possible: true, Groups: { } groups, Users: { } users, Members: { } members }
            ? new ReadResults(request.DirectoryId, request.RunId, RunMode.Delta, groups, [users], [members])
            : await ReadAsync(calls, opened with { Mode = RunMode.Changed });
    }

    private static async Task<ReadResults> ReadAsync(SyncCalls calls, RunOpened opened)
    {
        var request = calls.Request;
        var groups = await calls.ActivityAsync<GroupsRead>(nameof(ReadGroups), request);
        if (opened.MembersFromGroups)
        {
            return await ReadWithMembersAsync(calls, opened, groups);
        }

        var size = Math.Max(RolesPerRead, (opened.Roles + MaxReadsOfMembers - 1) / MaxReadsOfMembers);
        var parts = Enumerable.Range(0, (opened.Roles + size - 1) / size)
            .Select(part => new RunPart(request.DirectoryId, request.RunId, part * size, Math.Min(opened.Roles, (part + 1) * size) - 1))
            .ToList();

        var users = calls.ActivityAsync<UsersRead>(nameof(ReadUsers), new ReadUsersInput(request.DirectoryId, request.RunId, opened.Mode));
        var members = Steps.FanOutAsync(
            parts, Math.Max(1, opened.MaxReads - 1), part => calls.ActivityAsync<MembersRead>(nameof(ReadMembers), part));
        await Task.WhenAll(users, members);
        return new ReadResults(request.DirectoryId, request.RunId, opened.Mode, groups, [await users], await members);
    }

    /// <summary>Users and lists of members are read beside each other, then joined.</summary>
    private static async Task<ReadResults> ReadWithMembersAsync(SyncCalls calls, RunOpened opened, GroupsRead groups)
    {
        var request = calls.Request;
        var values = calls.ActivityAsync<GroupMembersRead>(nameof(ReadGroupMembers), request);
        var users = calls.ActivityAsync<UsersRead>(nameof(ReadUsers), new ReadUsersInput(request.DirectoryId, request.RunId, opened.Mode));
        await Task.WhenAll(values, users);
        var (lists, everybody) = (await values, new[] { await users });
        var count = 1;
        while (count < MaxJoins && everybody.Sum(read => read.Present) > (long)count * UsersPerJoin)
        {
            count *= 2;
        }

        var parts = Parts(request, count).ConvertAll(keys => new JoinMembersInput(
            keys, lists.Values, [.. everybody.Select(read => read.Users)], everybody.All(read => read.Proof.IsComplete), groups.Keep));
        var members = await Steps.FanOutAsync(parts, ParallelPlans, part => calls.ActivityAsync<MembersRead>(nameof(JoinMembers), part));
        return new ReadResults(request.DirectoryId, request.RunId, opened.Mode, groups, everybody, members);
    }

    private static List<RunPart> Parts(SyncRequest request, int count)
    {
        var size = Buckets.Count / count;
        return [.. Enumerable.Range(0, count).Select(part => new RunPart(request.DirectoryId, request.RunId, part * size, ((part + 1) * size) - 1))];
    }

    private static async Task<RangePlanned[]> PlanAsync(SyncCalls calls, int count)
    {
        return await Steps.FanOutAsync(Parts(calls.Request, count), ParallelPlans, async part =>
        {
            var planned = await calls.ActivityAsync<RangePlanned>(nameof(PlanUsers), new PlanRangeInput(part, null));
            if (planned.NeedAttributes > 0)
            {
                var missing = await calls.ActivityAsync<SegmentSet>(nameof(ReadMissingUsers), planned);
                planned = await calls.ActivityAsync<RangePlanned>(nameof(PlanUsers), new PlanRangeInput(part, missing));
            }

            return planned;
        });
    }

    /// <summary>Rule G2: waits for a person, who approves the plan with this hash and no other.</summary>
    private static async Task<bool> IsApprovedAsync(TaskOrchestrationContext context, SyncCalls calls, GuardsChecked guards, int hours)
    {
        calls.Phase(Phases.WaitingForApproval);
        try
        {
            var answer = await context.WaitForExternalEvent<Approval>(ApprovalEvent, TimeSpan.FromHours(hours));
            return answer.Approved && answer.PlanHash == guards.PlanHash;
        }
        catch (TaskCanceledException)
        {
            return false;
        }
    }

    private static async Task<RunTotals> ApplyAsync(
        SyncCalls calls, RunOpened opened, RangePlanned[] ranges, SegmentSet roles, LoginsResolved logins, LicencesPlanned? licences, RunTotals planned)
    {
        var request = calls.Request;
        var all = new RunPart(request.DirectoryId, request.RunId, 0, opened.Roles - 1);
        var done = new List<Applied>();
        if (planned.RolesRenamed > 0 || planned.RolesMarked > 0)
        {
            done.Add(await calls.ActivityAsync<Applied>(nameof(ApplyRoles), new ApplyRangeInput(all, roles)));
        }

        var busy = ranges.Where(range => range.HasOperations).ToList();
        await Steps.FanOutAsync(busy, ParallelPlans, range => calls.ActivityAsync<Applied>(nameof(PrepareApply), range.Part));
        var claimed = logins.Writes == 0
            ? new Applied(0, 0)
            : await calls.ActivityAsync<Applied>(nameof(ApplyLogins), new ApplyLoginsInput(request.DirectoryId, request.RunId, logins.Assignments, Release: false));

        var users = await Steps.FanOutAsync(
            [.. busy.Where(range => range.UserOperations > 0)], ParallelPlans,
            range => calls.ActivityAsync<Applied>(nameof(ApplyUsers), new ApplyRangeInput(range.Part, range.Plan, claimed.Refused)));
        done.AddRange(users);
        if (planned.MembersAdded + planned.MembersRemoved > 0)
        {
            var plans = busy.Where(range => range.Totals.MembersAdded + range.Totals.MembersRemoved > 0).Select(range => range.Plan).ToList();
            done.AddRange(await Steps.FanOutAsync(RoleParts(all), ParallelPlans, part => calls.ActivityAsync<Applied>(
                nameof(ApplyMembers), new ApplyMembersInput(part, plans))));
        }

        if (logins.Writes > 0)
        {
            await calls.ActivityAsync<Applied>(nameof(ApplyLogins), new ApplyLoginsInput(request.DirectoryId, request.RunId, logins.Assignments, Release: true));
        }

        // Before the state is written: a run that ends here leaves marks behind, by which the next one sees whose licences to look at.
        var granted = licences is { StateChanged: true } or { HasOperations: true }
            ? await calls.ActivityAsync<Applied>(nameof(ApplyLicences), new ApplyLicencesInput(request.DirectoryId, request.RunId, licences))
            : new Applied(0, 0);

        // Where anything was left out, the state stays invalid and the next run looks at the records themselves.
        if (claimed.Conflicts == 0 && done.TrueForAll(part => part.Conflicts == 0))
        {
            await Steps.FanOutAsync([.. ranges.Where(range => range.StateChanged)], ParallelPlans, range => calls.ActivityAsync<Applied>(
                nameof(CommitState), new CommitStateInput(range.Part, range.Plan, range.HasOperations)));
        }

        return planned with { Applied = granted.Done + done.Sum(part => part.Done), Conflicts = granted.Conflicts + done.Sum(part => part.Conflicts) };
    }

    private static List<RunPart> RoleParts(RunPart all)
    {
        var roles = all.Last + 1;
        var size = Math.Max(1, (roles + 15) / 16);
        return [.. Enumerable.Range(0, (roles + size - 1) / size).Select(part => all with { First = part * size, Last = Math.Min(roles, (part + 1) * size) - 1 })];
    }
}
