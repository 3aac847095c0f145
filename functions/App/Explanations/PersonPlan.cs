using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Explanations;

/// <summary>What a run in mode full would do to some people, by the planner and the resolution of logins that runs use.</summary>
/// <param name="Plan">Without what was refused.</param>
/// <param name="Collisions">By LDAP id.</param>
internal sealed record PersonPlan(BucketPlan Plan, IReadOnlyDictionary<string, Collision> Collisions)
{
    public static async Task<PersonPlan> MakeAsync(
        PlanContext context, BucketInput input, UserStore users, LoginStore logins, CancellationToken cancellationToken)
    {
        var planner = new BucketPlanner(context);
        var comparison = planner.Compare(input);
        var plan = planner.Plan(comparison, await users.GetManyAsync(comparison.RecordsNeeded, cancellationToken));
        var holders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var bucket in plan.Claims.GroupBy(claim => Buckets.OfLogin(claim.Login)))
        {
            foreach (var (login, holder) in await logins.FindManyAsync(bucket.Key, [.. bucket.Select(claim => claim.Login)], cancellationToken))
            {
                holders[login] = holder;
            }
        }

        var renames = plan.Claims.Where(claim => claim.Releases is not null).ToList();
        var refused = LoginResolver.RefusedRenames(renames, holders).ToDictionary(StringComparer.Ordinal);
        var settled = new SettledRenames([.. renames.Where(claim => !refused.ContainsKey(claim.UserId))]);
        foreach (var claim in LoginResolver.RefusedImports(plan.Claims.Where(claim => claim.Releases is null), holders, settled))
        {
            refused[claim.UserId] = claim;
        }

        var amended = PlanAmendment.Without(plan, refused.Keys.ToHashSet(StringComparer.Ordinal));
        amended.Notes.UnionWith(refused.Values.Select(claim => claim.Note));
        return new PersonPlan(
            amended,
            refused.Values.Select(claim => claim.Collision!).Concat(plan.Collisions).ToDictionary(collision => collision.LdapId, StringComparer.Ordinal));
    }

    public IReadOnlyList<PlannedChange> ChangesOf(string userId) =>
    [
        .. Plan.Users.Where(user => user.UserId == userId).SelectMany(user => user.ToChanges()),
        .. Plan.Members.Where(member => member.UserId == userId).Select(member => member.ToChange()),
    ];

    public IReadOnlyList<RunNote> NotesOf(MappedUser? user) =>
        [.. Plan.Notes.Where(note => user is not null && (note.Subject == user.Login || note.Subject == user.Company || note.Subject == user.JobTitle))];
}
