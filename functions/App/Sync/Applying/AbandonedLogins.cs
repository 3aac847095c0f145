using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>
/// A run takes logins in the index before it writes the users who get them, and frees those given up after that. Where it ended in between, or left users
/// out, the index is brought in step with the records: a login that its holder does not have goes back to whom it was taken from, or becomes free.
/// </summary>
public sealed class AbandonedLogins(RunFiles files, StagingArea staging, LoginStore logins, UserStore users)
{
    private const int BucketsAtATime = 16;

    /// <summary>Looks at the logins of the run's plan and no others. Can be repeated; without a plan there is nothing to do.</summary>
    public async Task FreeAsync(string runId, CancellationToken cancellationToken)
    {
        if (await files.FindPlanAsync(runId, cancellationToken) is not { } plan)
        {
            return;
        }

        for (var first = 0; first < Buckets.Count; first += BucketsAtATime)
        {
            var (assigned, released) = (Sections.InRange(Sections.AssignOf, first, first + BucketsAtATime - 1), Sections.InRange(Sections.ReleaseOf, first, first + BucketsAtATime - 1));
            var assignments = new List<LoginAssignment>();
            foreach (var set in plan.Sets)
            {
                await foreach (var assignment in staging.ReadAsync(
                    set, section => assigned(section) || released(section), PlanFormat.Default.LoginAssignment, cancellationToken))
                {
                    assignments.Add(assignment);
                }
            }

            await Task.WhenAll(assignments.GroupBy(assignment => Buckets.OfLogin(assignment.Login)).Select(bucket => FreeAsync(bucket.Key, [.. bucket], cancellationToken)));
        }
    }

    private async Task FreeAsync(int bucket, List<LoginAssignment> assignments, CancellationToken cancellationToken)
    {
        var holders = await logins.FindManyAsync(bucket, assignments.ConvertAll(assignment => assignment.Login), cancellationToken);
        var held = assignments.Where(assignment => holders.GetValueOrDefault(assignment.Login) == assignment.UserId)
            .OrderBy(assignment => assignment.Release).DistinctBy(assignment => assignment.Login).ToList();
        var records = await users.GetManyAsync(
            [.. held.SelectMany(assignment => new[] { assignment.UserId, assignment.ReplacesUserId }).OfType<string>().Distinct(StringComparer.Ordinal)], cancellationToken);
        await logins.WriteAsync(bucket, [.. held.Where(assignment => !Has(assignment.UserId, assignment.Login)).Select(Back)], cancellationToken);

        bool Has(string? userId, string login) =>
            userId is not null && records.TryGetValue(userId, out var user) && Buckets.NormalizeLogin(user.Login) == login;

        LoginWrite Back(LoginAssignment assignment) => Has(assignment.ReplacesUserId, assignment.Login)
            ? new LoginWrite(assignment.Login, assignment.ReplacesUserId!, ReplacesUserId: assignment.UserId)
            : new LoginWrite(assignment.Login, assignment.UserId, Release: true);
    }
}
