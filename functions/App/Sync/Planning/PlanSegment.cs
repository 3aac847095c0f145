using System.Text;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

/// <summary>Writes plans of buckets into a segment, by section, and counts what is planned.</summary>
internal sealed class PlanSegment(SegmentWriter writer)
{
    private readonly HashSet<RunNote> notes = [];
    private readonly RecordWriter record = new();
    private RunTotals totals = new();
    private long claims;
    private long needAttributes;
    private long userOperations;
    private bool stateChanged;

    /// <param name="bucket">The bucket.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="withState">False: the states of the range stay as they are, so the next ones need not be staged.</param>
    public void Add(int bucket, BucketPlan plan, bool withState)
    {
        foreach (var operation in plan.Users)
        {
            writer.Add(Sections.UsersOf(bucket), operation, PlanFormat.Default.UserOperation);
        }

        foreach (var member in plan.Members)
        {
            writer.Add(Sections.MembersOf(member.RoleId), member, PlanFormat.Default.MemberOperation);
        }

        foreach (var claim in plan.Claims)
        {
            var section = claim.Releases is null ? Sections.ClaimsOf(Buckets.OfLogin(claim.Login)) : Sections.Renames;
            writer.Add(section, claim, PlanFormat.Default.LoginClaim);
        }

        foreach (var note in plan.Notes.Where(notes.Add))
        {
            writer.Add(Sections.Notes, note, PlanFormat.Default.RunNote);
        }

        foreach (var collision in plan.Collisions)
        {
            writer.Add(Sections.Collisions, collision, PlanFormat.Default.Collision);
        }

        foreach (var ldapId in plan.NeedAttributes)
        {
            writer.Add(Sections.NeedAttributes, Encoding.UTF8.GetBytes(ldapId));
        }

        foreach (var user in withState ? plan.Next : [])
        {
            record.Clear();
            StagedRecords.WriteLinkedUser(record, user);
            writer.Add(Sections.StateOf(bucket), record.Written);
        }

        Count(plan);
    }

    /// <summary>A user goes: the login becomes free.</summary>
    public void Release(string login, string userId)
    {
        claims++;
        var normalized = Buckets.NormalizeLogin(login);
        writer.Add(
            Sections.ReleaseOf(Buckets.OfLogin(normalized)), new LoginAssignment(normalized, userId, null, Release: true), PlanFormat.Default.LoginAssignment);
    }

    public ValueTask FlushIfNeededAsync(CancellationToken cancellationToken) => writer.FlushIfNeededAsync(cancellationToken);

    public async Task<RangePlanned> CompleteAsync(RunPart part, string sources, CancellationToken cancellationToken) =>
        new(part, await writer.CompleteAsync(cancellationToken), totals, claims, needAttributes, 0, 0, userOperations, stateChanged, sources);

    private void Count(BucketPlan plan)
    {
        claims += plan.Claims.Count;
        needAttributes += plan.NeedAttributes.Count;
        userOperations += plan.Users.Count;
        stateChanged |= plan.StateChanged;
        totals = totals.Add(new RunTotals
        {
            Created = plan.Users.Count(operation => operation.Action == PlannedAction.Create),
            Updated = plan.Users.Count(operation => operation.Action == PlannedAction.Update),
            Deactivated = plan.Users.Count(operation => operation.Action == PlannedAction.Deactivate),
            Reactivated = plan.Users.Count(operation => operation.Action == PlannedAction.Reactivate),
            Removed = plan.Users.Count(operation => operation.Action == PlannedAction.Remove),
            MembersAdded = plan.Members.Count(member => member.Add),
            MembersRemoved = plan.Members.Count(member => !member.Add),
            Collisions = plan.Collisions.Count,
        });
    }
}
