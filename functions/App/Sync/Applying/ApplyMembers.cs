using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: writes the memberships of some roles; a role is one partition, so its changes from all ranges go together in full batches.</summary>
public sealed class ApplyMembers(MemberApplication application, ILogger<ApplyMembers> logger)
{
    [Function(nameof(ApplyMembers))]
    public Task<Applied> Run([ActivityTrigger] ApplyMembersInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.Roles.RunId, nameof(ApplyMembers), () => application.ApplyAsync(input, cancellationToken));
}

public sealed class MemberApplication(RunFiles files, StagingArea staging, MemberStore members, RunProgress progress)
{
    private const int WritesAtATime = 5000;

    // Of many small roles together: what waits for a full transaction must not be everybody's memberships.
    private const int MostWaiting = 10_000;

    public async Task<Applied> ApplyAsync(ApplyMembersInput input, CancellationToken cancellationToken)
    {
        var part = input.Roles;
        var links = await files.LoadLinksAsync(part.RunId, cancellationToken);
        var reporter = progress.Start(part.RunId, $"apply-members-{part.First}", Phases.Applying);
        var waiting = links.Skip(part.First).Take(part.Last - part.First + 1).ToDictionary(link => Sections.MembersOf(link.RoleId), _ => new List<MemberWrite>(), StringComparer.Ordinal);
        var layouts = await PrepareAsync(input, waiting, cancellationToken);
        var (read, done) = (0L, 0L);

        // All roles of the part in one pass: one request for each plan, not one for each plan and role.
        foreach (var plan in input.Plans)
        {
            await foreach (var (section, member) in staging.ReadSectionsAsync(plan, waiting.ContainsKey, PlanFormat.Default.MemberOperation, cancellationToken))
            {
                var writes = waiting[section];

                // An undo puts back whom rule R6 took out: by hand, as it was.
                writes.Add(new MemberWrite(member.UserId, FromDirectory: member.Rule != Rule.ManualMember, member.Add ? WriteKind.Insert : WriteKind.Delete));
                read++;
                if (writes.Count == WritesAtATime)
                {
                    done += await WriteAsync(Sections.RoleOf(section), layouts, writes, cancellationToken);
                    await reporter.AdvanceAsync(done, cancellationToken);
                }
                else if (read - done > MostWaiting)
                {
                    done += await WriteAllAsync(waiting, layouts, input.ParallelRoles, cancellationToken);
                    await reporter.AdvanceAsync(done, cancellationToken);
                }
            }
        }

        done += await WriteAllAsync(waiting, layouts, input.ParallelRoles, cancellationToken);
        await reporter.FinishAsync(done, cancellationToken);
        return new Applied(done, 0);
    }

    /// <summary>Roles that get very many members are spread over several partitions first.</summary>
    private async Task<IReadOnlyDictionary<string, MemberLayout>> PrepareAsync(
        ApplyMembersInput input, Dictionary<string, List<MemberWrite>> waiting, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var plan in input.Plans)
        {
            foreach (var (section, count) in (await staging.SectionsAsync(plan, cancellationToken)).Where(section => waiting.ContainsKey(section.Key)))
            {
                counts[Sections.RoleOf(section)] = counts.GetValueOrDefault(Sections.RoleOf(section)) + count;
            }
        }

        // Whoever only leaves a role does not make it large.
        return await members.PrepareAsync(counts.ToDictionary(role => role.Key, role => Math.Min(role.Value, input.Added), StringComparer.Ordinal), cancellationToken);
    }

    private async Task<long> WriteAllAsync(
        Dictionary<string, List<MemberWrite>> waiting, IReadOnlyDictionary<string, MemberLayout> layouts, int parallelRoles, CancellationToken cancellationToken)
    {
        var done = 0L;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = parallelRoles, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(waiting, parallel, async (role, token) => Interlocked.Add(ref done, await WriteAsync(Sections.RoleOf(role.Key), layouts, role.Value, token)));
        return done;
    }

    // Who is a member already stays one, and a removal of what is gone is done: there is nothing to be in conflict about.
    private async Task<long> WriteAsync(string roleId, IReadOnlyDictionary<string, MemberLayout> layouts, List<MemberWrite> writes, CancellationToken cancellationToken)
    {
        var count = writes.Count;
        if (count > 0)
        {
            await members.WriteAsync(roleId, layouts[roleId], writes, cancellationToken);
            writes.Clear();
        }

        return count;
    }
}
