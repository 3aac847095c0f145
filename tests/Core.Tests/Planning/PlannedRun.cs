using LdapSync.Core.Planning;
using LdapSync.Core.Records;

namespace LdapSync.Core.Tests.Planning;

/// <summary>The plan of a run with its logins settled, as the orchestration makes it; everybody is in one bucket.</summary>
/// <param name="Plan">Without what was refused.</param>
/// <param name="Refused">By user id.</param>
/// <param name="Fetched">Ids that were read one by one (mode <em>changed</em>).</param>
/// <param name="RecordsNeeded">Ids of the records that were looked up for the plan.</param>
internal sealed record PlannedRun(
    BucketPlan Plan, IReadOnlyDictionary<string, RefusedClaim> Refused, IReadOnlyList<string> Fetched, IReadOnlyList<string> RecordsNeeded)
{
    public bool IsEmpty => Plan.Users.Count == 0 && Plan.Members.Count == 0;

    public static PlannedRun Of(SyncModel world, Reading reading, RunMode mode, IReadOnlyList<LinkedUser>? state)
    {
        var context = world.Context(reading);
        BucketInput Input(IEnumerable<string> fetched)
        {
            var input = new BucketInput
            {
                State = state ?? world.Rebuild(context),
                StateRebuilt = state is null,
                Presence = mode == RunMode.Full ? null : reading.Users.ToDictionary(entry => entry.Key, entry => entry.Value.User.Enabled),
            };
            foreach (var (ldapId, entry) in reading.Users.Where(entry => mode == RunMode.Full || world.Modified.Contains(entry.Key) || fetched.Contains(entry.Key)))
            {
                if (entry.Mapped)
                {
                    input.Users[ldapId] = entry.User;
                }
                else
                {
                    input.Unmapped[ldapId] = entry.User.Enabled;
                }
            }

            foreach (var member in reading.Members.GroupBy(member => member.LdapId))
            {
                input.Memberships[member.Key] = [.. member.Select(one => one.Role)];
            }

            return input;
        }

        var (plan, needed) = PlanOnce(world, context, Input([]));
        List<string> fetched = [.. plan.NeedAttributes];
        if (fetched.Count > 0)
        {
            (plan, needed) = PlanOnce(world, context, Input(fetched));
        }

        return Settle(world, plan, fetched, needed);
    }

    // The planner sees just the records that it asked for.
    private static (BucketPlan Plan, IReadOnlyList<string> RecordsNeeded) PlanOnce(SyncModel world, PlanContext context, BucketInput input)
    {
        var planner = new BucketPlanner(context);
        var comparison = planner.Compare(input);
        var records = comparison.RecordsNeeded.Where(world.Records.ContainsKey).ToDictionary(id => id, id => world.Records[id]);
        return (planner.Plan(comparison, records), [.. comparison.RecordsNeeded]);
    }

    private static PlannedRun Settle(SyncModel world, BucketPlan plan, IReadOnlyList<string> fetched, IReadOnlyList<string> needed)
    {
        var holders = world.Records.Values.ToDictionary(record => Buckets.NormalizeLogin(record.Login), record => record.Id);
        var renames = plan.Claims.Where(claim => claim.Releases is not null).ToList();
        var refused = LoginResolver.RefusedRenames(renames, holders).ToDictionary();
        var settled = new SettledRenames([.. renames.Where(claim => !refused.ContainsKey(claim.UserId))]);
        foreach (var claim in LoginResolver.RefusedImports(plan.Claims.Where(claim => claim.Releases is null), holders, settled))
        {
            refused.Add(claim.UserId, claim);
        }

        return new PlannedRun(PlanAmendment.Without(plan, refused.Keys.ToHashSet()), refused, fetched, needed);
    }
}
