using System.Text;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>Activity: takes the planned logins in the index before users are written, or frees the ones given up after that.</summary>
public sealed class ApplyLogins(LoginApplication application, ILogger<ApplyLogins> logger)
{
    [Function(nameof(ApplyLogins))]
    public Task<Applied> Run([ActivityTrigger] ApplyLoginsInput input, CancellationToken cancellationToken) =>
        SyncStep.RunAsync(logger, input.RunId, nameof(ApplyLogins), () => application.ApplyAsync(input, cancellationToken));
}

public sealed class LoginApplication(RunFiles files, StagingArea staging, LoginStore logins, RunProgress progress)
{
    private const int BucketsAtATime = 16;

    public async Task<Applied> ApplyAsync(ApplyLoginsInput input, CancellationToken cancellationToken)
    {
        var refused = files.CreateWriter(RunFiles.PlanFolder(input.RunId), "refused");
        var reporter = progress.Start(input.RunId, input.Release ? "logins-release" : "logins", Phases.Applying, Buckets.Count);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var set in input.LeftOut ?? [])
        {
            kept.UnionWith(await files.ReadTextsAsync(set, Sections.LeftOut, cancellationToken));
        }

        var (done, conflicts) = (0L, 0L);
        Func<int, string> sectionOf = input.Release ? Sections.ReleaseOf : Sections.AssignOf;
        for (var first = 0; first < Buckets.Count; first += BucketsAtATime)
        {
            var assignments = new List<LoginAssignment>();
            await foreach (var assignment in staging.ReadAsync(
                input.Assignments, Sections.InRange(sectionOf, first, first + BucketsAtATime - 1), PlanFormat.Default.LoginAssignment, cancellationToken))
            {
                if (!kept.Contains(assignment.UserId))
                {
                    assignments.Add(assignment);
                }
            }

            var outcomes = await Task.WhenAll(assignments.GroupBy(assignment => Buckets.OfLogin(assignment.Login))
                .Select(bucket => WriteAsync(bucket.Key, [.. bucket], cancellationToken)));
            foreach (var (assignment, outcome) in outcomes.SelectMany(outcome => outcome))
            {
                if (outcome == WriteOutcome.Done || input.Release)
                {
                    done++;
                }
                else
                {
                    conflicts++;
                    refused.Add(Sections.Refused, Encoding.UTF8.GetBytes(assignment.UserId));
                }
            }

            await reporter.AdvanceAsync(first, cancellationToken);
        }

        await reporter.FinishAsync(Buckets.Count, cancellationToken);
        return new Applied(done, conflicts, conflicts == 0 ? null : await refused.CompleteAsync(cancellationToken));
    }

    private async Task<IEnumerable<(LoginAssignment Assignment, WriteOutcome Outcome)>> WriteAsync(
        int bucket, List<LoginAssignment> assignments, CancellationToken cancellationToken)
    {
        var writes = assignments.ConvertAll(assignment => new LoginWrite(assignment.Login, assignment.UserId, assignment.ReplacesUserId, assignment.Release));
        return assignments.Zip(await logins.WriteAsync(bucket, writes, cancellationToken));
    }
}
