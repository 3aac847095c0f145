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

    private const int RolesPerRead = 64;
    private const int MaxReadsOfMembers = 32;
    private const int ParallelPlans = 3;

    // Storage is what everybody waits for by then.
    private const int ParallelWrites = 4;
    private const int ParallelRoles = 16;
    private const int MembershipsPerPart = 5000;
    private const int MaxRoleParts = 16;
    private const int MaxStateSteps = 16;
    private const int UsersPerJoin = 50_000;
    private const int MaxJoins = 32;

    public static string InstanceId(string runId) => $"data-{runId}";

    [Function(nameof(SynchronizeUserData))]
    public static async Task<SyncOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, SynchronizeUserDataInput input)
    {
        var (request, opened) = input;
        var calls = new SyncCalls(context, request, Steps.Retry(opened.RetrySeconds));

        // An undo reads the journal of the run that it takes back, and nothing of the directory.
        calls.Phase(Phases.Reading);
        var undo = request.UndoOf is null ? null : await calls.ActivityAsync<UndoOpened>(nameof(OpenUndo), request);
        var reads = undo?.Reads ?? (opened.Mode == RunMode.Delta ? await ReadDeltaAsync(calls, opened) : await ReadAsync(calls, opened));
        var count = undo?.Ranges ?? (await calls.ActivityAsync<ReadsCompleted>(nameof(CompleteReads), reads)).Ranges;

        calls.Phase(Phases.Planning);
        var missing = new SegmentSet?[count];
        var plan = await PlanAsync(calls, reads, missing, opened.Licences, null);
        if (request.DryRun)
        {
            return new SyncOutcome(RunStatus.Completed, plan.Guards.Totals, null, plan.Guards.PlanHash);
        }

        // Rule G2. Records may change while a plan waits: an approved plan is made again, and applied only when it is still the same.
        while (plan.Guards.Exceeded.Count > 0)
        {
            if (!await IsApprovedAsync(context, calls, plan.Guards, opened.ApprovalHours))
            {
                return new SyncOutcome(RunStatus.Rejected, plan.Guards.Totals, null, plan.Guards.PlanHash);
            }

            plan = await PlanAsync(calls, reads, missing, opened.Licences, plan.Guards.PlanHash);
        }

        calls.Phase(Phases.Applying);
        var (applied, leftOut) = await ApplyAsync(calls, plan, reads.Groups);

        // What an incomplete read did not show, or what was left out, may be older than the latest change that was seen.
        var whole = undo is null && reads.Groups.Proof.IsComplete && reads.Users.All(users => users.Proof.IsComplete) && applied.Conflicts == 0;
        var kept = whole
            ? new Population(
                plan.Guards.ActiveUsers + applied.Created + applied.Reactivated - applied.Deactivated, plan.Guards.Memberships + applied.MembersAdded - applied.MembersRemoved)
            : null;
        return new SyncOutcome(RunStatus.Completed, applied, whole ? reads.Users.Max(users => users.Watermark) : null, plan.Guards.PlanHash, kept, leftOut);
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

        var size = Math.Max(RolesPerRead, (groups.Roles + MaxReadsOfMembers - 1) / MaxReadsOfMembers);
        var parts = Enumerable.Range(0, (groups.Roles + size - 1) / size)
            .Select(part => new RunPart(request.DirectoryId, request.RunId, part * size, Math.Min(groups.Roles, (part + 1) * size) - 1))
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

    private sealed record WholePlan(RangePlanned[] Ranges, LoginsResolved Logins, LicencesPlanned? Licences, GuardsChecked Guards);

    /// <param name="calls">Of the run.</param>
    /// <param name="reads">What was read.</param>
    /// <param name="missing">By range: users that were read one by one, kept for the next time.</param>
    /// <param name="withLicences">Licences are granted and taken back.</param>
    /// <param name="approved">The hash of the plan that a person has approved; null: the first plan.</param>
    private static async Task<WholePlan> PlanAsync(SyncCalls calls, ReadResults reads, SegmentSet?[] missing, bool withLicences, string? approved)
    {
        var request = calls.Request;
        var planner = request.UndoOf is null ? nameof(PlanUsers) : nameof(PlanUndo);
        var parts = Parts(request, missing.Length);
        var ranges = await Steps.FanOutAsync([.. Enumerable.Range(0, parts.Count)], ParallelPlans, async index =>
        {
            var planned = await calls.ActivityAsync<RangePlanned>(planner, new PlanRangeInput(parts[index], missing[index]));
            if (planned.NeedAttributes > 0 && missing[index] is null)
            {
                missing[index] = await calls.ActivityAsync<SegmentSet>(nameof(ReadMissingUsers), planned);
                planned = await calls.ActivityAsync<RangePlanned>(planner, new PlanRangeInput(parts[index], missing[index]));
            }

            return planned;
        });
        var logins = await calls.ActivityAsync<LoginsResolved>(
            nameof(ResolveLogins), new ResolveLoginsInput(
                request.DirectoryId, request.RunId, [.. ranges.Where(range => range.Claims > 0).Select(range => range.Plan)], ranges.Sum(range => range.ActiveUsers)));
        if (logins.Refused > 0)
        {
            ranges = await Steps.FanOutAsync(ranges, ParallelPlans, range => range.Claims == 0
                ? Task.FromResult(range)
                : calls.ActivityAsync<RangePlanned>(nameof(AmendPlan), new AmendPlanInput(range, logins.Assignments)));
        }

        var licences = request.UndoOf is not null ? await calls.ActivityAsync<LicencesPlanned>(nameof(PlanUndoLicences), request)
            : withLicences ? await calls.ActivityAsync<LicencesPlanned>(nameof(PlanLicences), new PlanLicencesInput(request.DirectoryId, request.RunId, ranges))
            : null;
        var guards = await calls.ActivityAsync<GuardsChecked>(nameof(CheckGuards), new CheckGuardsInput(
            request.DirectoryId, request.RunId, request.DryRun, reads, ranges, logins, licences, approved));
        return new WholePlan(ranges, logins, licences, guards);
    }

    /// <summary>Rule G2: waits for a person, who approves the plan with this hash and no other.</summary>
    private static async Task<bool> IsApprovedAsync(TaskOrchestrationContext context, SyncCalls calls, GuardsChecked guards, int hours)
    {
        calls.Phase(Phases.WaitingForApproval);
        var deadline = context.CurrentUtcDateTime.AddHours(hours);
        while (deadline - context.CurrentUtcDateTime is var left && left > TimeSpan.Zero)
        {
            try
            {
                var answer = await context.WaitForExternalEvent<Approval>(ApprovalEvent, left);

                // Somebody approved an earlier plan twice: that says nothing about this one.
                if (!answer.Approved || answer.PlanHash == guards.PlanHash)
                {
                    return answer.Approved;
                }
            }
            catch (TaskCanceledException)
            {
                return false;
            }
        }

        return false;
    }

    private static async Task<(RunTotals Totals, IReadOnlyList<SegmentSet> LeftOut)> ApplyAsync(SyncCalls calls, WholePlan plan, GroupsRead roles)
    {
        var (ranges, logins, licences, planned) = (plan.Ranges, plan.Logins, plan.Licences, plan.Guards.Totals);
        var request = calls.Request;
        var all = new RunPart(request.DirectoryId, request.RunId, 0, roles.Roles - 1);
        var done = new List<Applied>();
        if (planned.RolesRenamed > 0 || planned.RolesMarked > 0)
        {
            done.Add(await calls.ActivityAsync<Applied>(nameof(ApplyRoles), new ApplyRolesInput(all, roles.Plan)));
        }

        var busy = ranges.Where(range => range.HasOperations).ToList();

        // An undo writes no state: the next run makes it anew from the records. Logins may be taken meanwhile: the state does not tell of them.
        var marking = Steps.FanOutAsync(Together(request.UndoOf is null ? busy : [.. ranges]), ParallelPlans, some => calls.ActivityAsync<Applied>(
            nameof(PrepareApply), new PrepareApplyInput(request.RunId, [.. some.Select(range => new RangeSources(range.Part, range.Sources))])));
        var claiming = logins.Writes == 0
            ? Task.FromResult(new Applied(0, 0))
            : calls.ActivityAsync<Applied>(nameof(ApplyLogins), new ApplyLoginsInput(request.DirectoryId, request.RunId, logins.Assignments, Release: false));
        await Task.WhenAll(marking, claiming);
        var claimed = await claiming;

        var users = await Steps.FanOutAsync(
            [.. busy.Where(range => range.UserOperations > 0)], ParallelWrites,
            range => calls.ActivityAsync<Applied>(nameof(ApplyUsers), new ApplyRangeInput(range.Part, range.Plan, range.Sources, claimed.Refused)));
        done.AddRange(users);
        var leftOut = users.Select(applied => applied.LeftOut).OfType<SegmentSet>().ToList();
        if (planned.MembersAdded + planned.MembersRemoved > 0)
        {
            var plans = busy.Where(range => range.Totals.MembersAdded + range.Totals.MembersRemoved > 0).Select(range => range.Plan).ToList();
            var parts = RoleParts(all, planned.MembersAdded + planned.MembersRemoved);
            var parallelRoles = ParallelRoles / Math.Min(parts.Count, ParallelWrites);
            done.AddRange(await Steps.FanOutAsync(parts, ParallelWrites, part => calls.ActivityAsync<Applied>(
                nameof(ApplyMembers), new ApplyMembersInput(part, plans, planned.MembersAdded, parallelRoles))));
        }

        if (logins.Writes > 0)
        {
            await calls.ActivityAsync<Applied>(nameof(ApplyLogins), new ApplyLoginsInput(request.DirectoryId, request.RunId, logins.Assignments, Release: true, leftOut));
        }

        // Before the state is written: a run that ends here leaves marks behind, by which the next one sees whose licences to look at.
        var granted = licences is { StateChanged: true } or { HasOperations: true }
            ? await calls.ActivityAsync<Applied>(nameof(ApplyLicences), new ApplyLicencesInput(request.DirectoryId, request.RunId, licences))
            : new Applied(0, 0);

        // Where anything was left out, the state stays invalid and the next run looks at the records themselves.
        if (claimed.Conflicts == 0 && done.TrueForAll(part => part.Conflicts == 0))
        {
            await Steps.FanOutAsync(Together([.. ranges.Where(range => range.StateChanged)]), ParallelPlans, some => calls.ActivityAsync<Applied>(
                nameof(CommitState),
                new CommitStateInput(request.RunId, [.. some.Select(range => new RangeState(range.Part, range.Plan, range.Sources, range.HasOperations))])));
        }

        var totals = planned with { Applied = granted.Done + done.Sum(part => part.Done), Conflicts = granted.Conflicts + done.Sum(part => part.Conflicts) };
        return (totals, leftOut);
    }

    /// <summary>As many steps as a directory of middling size has ranges, however large it is.</summary>
    private static IReadOnlyList<RangePlanned[]> Together(List<RangePlanned> ranges) =>
        [.. ranges.Chunk(Math.Max(1, (ranges.Count + MaxStateSteps - 1) / MaxStateSteps))];

    /// <summary>Each part reads all plans once, so that few memberships are few parts.</summary>
    private static List<RunPart> RoleParts(RunPart all, long memberships)
    {
        var roles = all.Last + 1;
        var parts = (int)Math.Clamp(memberships / MembershipsPerPart, 1, MaxRoleParts);
        var size = Math.Max(1, (roles + parts - 1) / parts);
        return [.. Enumerable.Range(0, (roles + size - 1) / size).Select(part => all with { First = part * size, Last = Math.Min(roles, (part + 1) * size) - 1 })];
    }
}
