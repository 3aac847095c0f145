using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Sync;

/// <summary>Activity: keeps the outcome of all reads for planning, and says in how many ranges to plan.</summary>
public sealed class CompleteReads(ReadCompletion completion, ILogger<CompleteReads> logger)
{
    [Function(nameof(CompleteReads))]
    public Task<ReadsCompleted> Run([ActivityTrigger] ReadResults reads, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, reads.RunId, nameof(CompleteReads), () => completion.CompleteAsync(reads, cancellationToken));
}

public sealed class ReadCompletion(RunStore runs, RunFiles files, MemberStore members, IOptions<SyncOptions> options)
{
    private const int MaxRanges = 128;

    public async Task<ReadsCompleted> CompleteAsync(ReadResults results, CancellationToken cancellationToken)
    {
        var reads = await BelievedAsync(results, cancellationToken);
        await files.SaveReadsAsync(reads.RunId, reads, cancellationToken);
        var run = await runs.GetAsync(reads.RunId, cancellationToken) ?? throw new SyncRefusedException("The run's record is missing.");
        if (run.CancelRequested)
        {
            throw new RunCancelledException();
        }

        await runs.UpdateAsync(
            reads.RunId,
            record => record with
            {
                Phase = Phases.Planning,
                Warnings = [.. Warnings(reads)],
                Totals = record.Totals with
                {
                    GroupsRead = reads.Groups.Proof.Entries,
                    UsersRead = reads.Users.Sum(users => users.Present),
                    MembershipsRead = reads.Members.Sum(members => members.Memberships),
                    EntryProblems = reads.Groups.Problems + reads.Users.Sum(users => users.Problems),
                },
            },
            cancellationToken);
        return new ReadsCompleted(Ranges(reads.Users.Sum(users => users.Present)));
    }

    /// <summary>Rule G1. That no linked group has any member, while there are members stored, looks the same as a lost permission: no proof.</summary>
    private async Task<ReadResults> BelievedAsync(ReadResults reads, CancellationToken cancellationToken)
    {
        // Mode delta reads who was touched, not everybody.
        if (reads.Mode == RunMode.Delta || reads.Members.Any(read => read.Memberships > 0))
        {
            return reads;
        }

        foreach (var link in await files.LoadLinksAsync(reads.RunId, cancellationToken))
        {
            if (await members.AnyFromDirectoryAsync(link.RoleId, cancellationToken))
            {
                return reads with { Members = [.. reads.Members.Select(read => read with { Complete = [.. read.Complete.Select(_ => false)] })] };
            }
        }

        return reads;
    }

    private static IEnumerable<string> Warnings(ReadResults reads)
    {
        if (!reads.Groups.Proof.IsComplete)
        {
            yield return $"The groups were not read completely ({Proofs.Why(reads.Groups.Proof)}): roles whose group was not among them keep their members (G1).";
        }

        foreach (var users in reads.Users.Where(users => !users.Proof.IsComplete))
        {
            yield return $"The users were not read completely ({Proofs.Why(users.Proof)}): nobody counts as gone in this run; who was read as disabled becomes inactive all the same (G1).";
        }

        var incomplete = reads.Members.Sum(members => members.Complete.Count(complete => !complete));
        if (incomplete > 0)
        {
            yield return $"The members of {incomplete} linked groups were not read completely, or the group was not found, or had no member any more without its entry confirming it: nobody is removed from these roles in this run (G1, R7).";
        }
    }

    private int Ranges(long users)
    {
        var ranges = 1;
        while (ranges < MaxRanges && users > (long)ranges * options.Value.UsersPerRange)
        {
            ranges *= 2;
        }

        return ranges;
    }
}
