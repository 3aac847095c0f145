using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using LdapSync.Storage.State;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: the inverse plan of a range of buckets.</summary>
public sealed class PlanUndo(UndoPlanning planning, ILogger<PlanUndo> logger)
{
    [Function(nameof(PlanUndo))]
    public Task<RangePlanned> Run([ActivityTrigger] PlanRangeInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.Part.RunId, nameof(PlanUndo), () => planning.PlanAsync(input.Part, cancellationToken));
}

/// <summary>Holds the journal of a run against the records as they are now.</summary>
public sealed class UndoPlanning(
    RunFiles files, StagingArea staging, SyncStateStore states, UserStore users, MemberStore members, RoleStore roles, RunStore runs, RunProgress progress)
{
    public async Task<RangePlanned> PlanAsync(RunPart part, CancellationToken cancellationToken)
    {
        var run = await runs.GetAsync(part.RunId, cancellationToken) ?? throw new SyncRefusedException("The run's record is missing.");
        var journal = await files.FindPlanAsync(run.UndoOf!, cancellationToken)
            ?? throw new SyncRefusedException("The journal of the run to take back is no longer kept.");
        var reporter = progress.Start(part.RunId, $"plan-{part.First:x2}", Phases.Planning, part.Last - part.First + 1);
        var sources = await SaveSourcesAsync(part, cancellationToken);

        var operations = await ReadUsersAsync(journal, part, cancellationToken);
        var joins = await ReadMembersAsync(journal, part, cancellationToken);
        var found = await FindMembersAsync(operations, joins, part, cancellationToken);
        var records = await users.GetManyAsync(
            [.. operations.Select(operation => operation.UserId).Concat(joins.Select(join => join.UserId)).Distinct(StringComparer.Ordinal)], cancellationToken);
        var output = new PlanSegment(files.CreateWriter(RunFiles.PlanFolder(part.RunId), $"plan-{part.First:x2}"));
        PlanUsers(operations, joins, found, records, part, output);
        PlanMembers(operations, joins, found, records, (await roles.ListAsync(cancellationToken)).Select(role => role.Id).ToHashSet(StringComparer.Ordinal), part, output);

        await reporter.FinishAsync(part.Last - part.First + 1, cancellationToken);
        var planned = await output.CompleteAsync(part, sources, cancellationToken);
        return planned with
        {
            ActiveUsers = await CountActiveAsync(part, cancellationToken),
            Memberships = found.Values.LongCount(member => member.FromDirectory),
            StateChanged = false,
        };
    }

    /// <summary>So that <see cref="PrepareApply"/> marks the states that are there now. The records are read again when they are written.</summary>
    private async Task<string> SaveSourcesAsync(RunPart part, CancellationToken cancellationToken)
    {
        var tags = new Dictionary<int, string?>();
        for (var bucket = part.First; bucket <= part.Last; bucket++)
        {
            tags[bucket] = (await states.ReadAsync(part.DirectoryId, bucket, cancellationToken))?.ETag;
        }

        return await files.SaveSourcesAsync(part, new PlanSources(tags, new Dictionary<string, string>()), cancellationToken);
    }

    private async Task<List<UserOperation>> ReadUsersAsync(PlanDocument journal, RunPart part, CancellationToken cancellationToken)
    {
        var operations = new List<UserOperation>();
        foreach (var set in journal.Sets)
        {
            await foreach (var operation in staging.ReadAsync(
                set, Sections.InRange(Sections.UsersOf, part.First, part.Last), PlanFormat.Default.UserOperation, cancellationToken))
            {
                operations.Add(operation);
            }
        }

        return operations;
    }

    private async Task<List<MemberOperation>> ReadMembersAsync(PlanDocument journal, RunPart part, CancellationToken cancellationToken)
    {
        var operations = new List<MemberOperation>();
        foreach (var set in journal.Sets)
        {
            await foreach (var operation in staging.ReadAsync(set, Sections.IsMembers, PlanFormat.Default.MemberOperation, cancellationToken))
            {
                if (Buckets.OfUserId(operation.UserId) is var bucket && bucket >= part.First && bucket <= part.Last)
                {
                    operations.Add(operation);
                }
            }
        }

        return operations;
    }

    /// <summary>The memberships of the range: of all roles where users may go, else of those that the run changed.</summary>
    private async Task<Dictionary<(string RoleId, string UserId), MemberRecord>> FindMembersAsync(
        List<UserOperation> operations, List<MemberOperation> joins, RunPart part, CancellationToken cancellationToken)
    {
        var wanted = operations.Exists(operation => operation.Action == PlannedAction.Create)
            ? (await roles.ListAsync(cancellationToken)).Select(role => role.Id)
            : joins.Select(join => join.RoleId).Distinct(StringComparer.Ordinal);
        var found = new Dictionary<(string, string), MemberRecord>();
        foreach (var roleId in wanted)
        {
            await foreach (var member in members.ReadRoleAsync(roleId, part.First, part.Last, cancellationToken))
            {
                found[(roleId, member.UserId)] = member;
            }
        }

        return found;
    }

    private static void PlanUsers(
        List<UserOperation> operations,
        List<MemberOperation> joins,
        Dictionary<(string RoleId, string UserId), MemberRecord> found,
        IReadOnlyDictionary<string, UserRecord> records,
        RunPart part,
        PlanSegment output)
    {
        var put = joins.Where(join => join.Add).Select(join => (join.RoleId, join.UserId)).ToHashSet();
        var elsewhere = found.Where(member => !put.Contains(member.Key) || !member.Value.FromDirectory)
            .Select(member => member.Key.UserId).ToHashSet(StringComparer.Ordinal);
        foreach (var applied in operations)
        {
            var inverse = UndoPlanner.User(applied, records.GetValueOrDefault(applied.UserId), part.DirectoryId, elsewhere.Contains(applied.UserId));
            var plan = new BucketPlan();
            if (inverse.Skipped is not null)
            {
                plan.Notes.Add(inverse.Skipped);
            }

            if (inverse.Operation is { } operation)
            {
                plan.Users.Add(operation);
                Claim(plan, operation, output);
            }

            output.Add(BucketOf(applied.UserId, part), plan, withState: false);
        }
    }

    private static void Claim(BucketPlan plan, UserOperation operation, PlanSegment output)
    {
        var login = operation.Find(UserField.Login);
        switch (operation.Action)
        {
            case PlannedAction.Remove:
                output.Release(login!.Before!, operation.UserId);
                break;
            case PlannedAction.Create:
                plan.Claims.Add(new LoginClaim(login!.After!, operation.UserId, operation.Find(UserField.DistinguishedName)?.After ?? "", Releases: null));
                break;
            default:
                if (login is not null && Buckets.NormalizeLogin(login.Before!) != Buckets.NormalizeLogin(login.After!))
                {
                    plan.Claims.Add(new LoginClaim(login.After!, operation.UserId, operation.Name, login.Before));
                }

                break;
        }
    }

    private static void PlanMembers(
        List<UserOperation> operations,
        List<MemberOperation> joins,
        Dictionary<(string RoleId, string UserId), MemberRecord> found,
        IReadOnlyDictionary<string, UserRecord> records,
        HashSet<string> roleIds,
        RunPart part,
        PlanSegment output)
    {
        // Whom an undo of an undo brings back is there by then.
        var back = operations.Where(operation => operation.Action == PlannedAction.Remove).Select(operation => operation.UserId).ToHashSet(StringComparer.Ordinal);
        var plan = new BucketPlan();
        foreach (var applied in joins)
        {
            var inverse = UndoPlanner.Member(
                applied, found.GetValueOrDefault((applied.RoleId, applied.UserId)), roleIds.Contains(applied.RoleId),
                records.ContainsKey(applied.UserId) || back.Contains(applied.UserId));
            if (inverse.Operation is not null)
            {
                plan.Members.Add(inverse.Operation);
            }

            if (inverse.Skipped is not null)
            {
                plan.Notes.Add(inverse.Skipped);
            }
        }

        output.Add(part.First, plan, withState: false);
    }

    private async Task<long> CountActiveAsync(RunPart part, CancellationToken cancellationToken)
    {
        var active = 0L;
        for (var bucket = part.First; bucket <= part.Last; bucket++)
        {
            await foreach (var user in users.ReadBucketAsync(bucket, cancellationToken))
            {
                active += user.Active && user.DirectoryId == part.DirectoryId ? 1 : 0;
            }
        }

        return active;
    }

    // A user bound by hand is stored in another bucket than the directory user's; the section only says where the operation is looked for.
    private static int BucketOf(string userId, RunPart part) => Math.Clamp(Buckets.OfUserId(userId), part.First, part.Last);
}
