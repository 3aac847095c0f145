using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Storage.Staging;

namespace LdapSync.App.Sync;

// What travels through the orchestrations: counts, names and hashes. Durable history is kept and may be shown, so it never holds
// personal data or secrets; entries, records and plans travel through blob staging.

/// <summary>The input of a run.</summary>
/// <param name="UndoOf">The run to take back; null: a synchronization.</param>
public sealed record SyncRequest(string DirectoryId, string RunId, RunMode Mode, bool DryRun, RunTrigger Trigger, string? UndoOf = null);

/// <summary>What <see cref="OpenRun"/> decided.</summary>
/// <param name="Opened">False: another run holds the directory.</param>
/// <param name="Mode">The strategy: <em>changed</em> without a watermark becomes <em>full</em>.</param>
/// <param name="RetrySeconds">Pause before the second attempt of an activity.</param>
/// <param name="MaxReads">Reading activities at a time: the cap on connections to the directory.</param>
/// <param name="ApprovalHours">How long a plan over a limit waits for a person.</param>
/// <param name="MembersFromGroups">Members come from the entries of groups, not from a search for each group.</param>
/// <param name="Licences">There are products to look after.</param>
public sealed record RunOpened(
    bool Opened, RunMode Mode, int RetrySeconds, int MaxReads, int ApprovalHours, bool MembersFromGroups = false, bool Licences = false);

/// <summary>Names a part of a run for an activity.</summary>
/// <param name="First">Index of the first role, or the first bucket.</param>
/// <param name="Last">Inclusive.</param>
public sealed record RunPart(string DirectoryId, string RunId, int First, int Last);

/// <param name="Proof">Of the read of all groups.</param>
/// <param name="Plan">The plan of the roles, with its notes.</param>
/// <param name="Problems">Groups that could not be mapped.</param>
/// <param name="RolesRenamed">Roles that follow a renamed or moved group (R2).</param>
/// <param name="RolesMarked">Roles whose group vanished or came back (R7).</param>
/// <param name="Roles">The number of linked roles that the run goes on with: of the links as they were listed with the groups, whatever is linked since.</param>
/// <param name="Keep">Cookies were taken, so that the next run can read changes alone.</param>
public sealed record GroupsRead(CompletenessProof Proof, SegmentSet Plan, long Problems, long RolesRenamed, long RolesMarked, int Roles, bool Keep = false);

public sealed record ReadUsersInput(string DirectoryId, string RunId, RunMode Mode);

/// <param name="Users">Staged users (and presence, in mode <em>changed</em>).</param>
/// <param name="Proof">Of the enumeration of everybody.</param>
/// <param name="Mapped">Users whose attributes were read and mapped.</param>
/// <param name="Present">Everybody who was found.</param>
/// <param name="Problems">Entries that could not be mapped (U8).</param>
/// <param name="Watermark">The latest modification date seen.</param>
/// <param name="Notes">Entries that could not be mapped.</param>
public sealed record UsersRead(SegmentSet Users, SegmentSet Notes, CompletenessProof Proof, long Mapped, long Present, long Problems, DateTimeOffset? Watermark);

/// <param name="Members">Staged memberships.</param>
/// <param name="First">Index of the first role that was read.</param>
/// <param name="Complete">For each role from <paramref name="First"/>: whether absence means absence.</param>
/// <param name="Memberships">The number of memberships.</param>
/// <param name="Kept">The lists of members as they were read, for a later run in mode <em>delta</em>.</param>
public sealed record MembersRead(SegmentSet Members, int First, IReadOnlyList<bool> Complete, long Memberships, SegmentSet? Kept = null);

/// <summary>What mode <em>delta</em> read.</summary>
/// <param name="Possible">False: the changes are not known for certain, so the run goes on in mode <em>changed</em>.</param>
public sealed record DeltaRead(bool Possible, GroupsRead? Groups, UsersRead? Users, MembersRead? Members);

/// <param name="Values">Staged values of lists of members.</param>
/// <param name="Count">The number of values.</param>
public sealed record GroupMembersRead(SegmentSet Values, long Count);

/// <param name="Keys">The range of buckets of keys.</param>
/// <param name="Values">From <see cref="ReadGroupMembers"/>.</param>
/// <param name="Users">From <see cref="ReadUsers"/>.</param>
/// <param name="UsersComplete">Everybody was read.</param>
/// <param name="Keep">Lists of members are kept for mode <em>delta</em>.</param>
public sealed record JoinMembersInput(RunPart Keys, SegmentSet Values, IReadOnlyList<SegmentSet> Users, bool UsersComplete, bool Keep);

/// <summary>All that was read, handed from the reads to planning through <see cref="CompleteReads"/>.</summary>
public sealed record ReadResults(string DirectoryId, string RunId, RunMode Mode, GroupsRead Groups, IReadOnlyList<UsersRead> Users, IReadOnlyList<MembersRead> Members);

/// <param name="Ranges">The number of bucket ranges to plan in parallel: a power of two.</param>
public sealed record ReadsCompleted(int Ranges);

/// <param name="Plan">The range's plan.</param>
/// <param name="Totals">What is planned.</param>
/// <param name="Claims">Logins wanted by new and renamed users.</param>
/// <param name="NeedAttributes">Users to be read one by one before the range can be planned.</param>
/// <param name="ActiveUsers">Active linked users before the run.</param>
/// <param name="Memberships">Memberships of linked users before the run.</param>
/// <param name="UserOperations">User records to write.</param>
/// <param name="StateChanged">The sync state has to be written.</param>
/// <param name="Sources">The file with what was planned from (<see cref="PlanSources"/>).</param>
/// <param name="Rebuilt">Buckets whose state was made anew from the records.</param>
public sealed record RangePlanned(
    RunPart Part,
    SegmentSet Plan,
    RunTotals Totals,
    long Claims,
    long NeedAttributes,
    long ActiveUsers,
    long Memberships,
    long UserOperations,
    bool StateChanged,
    string Sources,
    IReadOnlyList<int>? Rebuilt = null)
{
    public bool HasOperations => UserOperations > 0 || Totals.MembersAdded + Totals.MembersRemoved > 0;
}

public sealed record PlanRangeInput(RunPart Part, SegmentSet? Missing);

/// <param name="Plans">Those with claims.</param>
/// <param name="Users">About how many there are.</param>
public sealed record ResolveLoginsInput(string DirectoryId, string RunId, IReadOnlyList<SegmentSet> Plans, long Users);

/// <param name="Assignments">Refused claims, notes and entries of the index of logins to write.</param>
public sealed record LoginsResolved(SegmentSet Assignments, long Refused, long Writes);

public sealed record AmendPlanInput(RangePlanned Range, SegmentSet Assignments);

/// <param name="Approved">The hash of the plan that a person has approved; null: nobody has looked at a plan yet.</param>
public sealed record CheckGuardsInput(string DirectoryId, string RunId, bool DryRun, ReadResults Reads, IReadOnlyList<RangePlanned> Ranges, LoginsResolved Logins,
    LicencesPlanned? Licences = null, string? Approved = null);

/// <param name="PlanHash">SHA-256 over the plan.</param>
/// <param name="Totals">Of the whole plan.</param>
/// <param name="Exceeded">Which limits the plan exceeds (G2), in words; empty: none.</param>
/// <param name="ActiveUsers">Active linked users before the run.</param>
/// <param name="Memberships">Memberships of linked users before the run.</param>
public sealed record GuardsChecked(string PlanHash, RunTotals Totals, IReadOnlyList<string> Exceeded, long ActiveUsers = 0, long Memberships = 0);

/// <param name="LeftOut">Users who were left out: their logins are not given up.</param>
public sealed record ApplyLoginsInput(string DirectoryId, string RunId, SegmentSet Assignments, bool Release, IReadOnlyList<SegmentSet>? LeftOut = null);

/// <summary>Several ranges, one after the other: marks and states are quickly written, and each activity adds to the history.</summary>
public sealed record PrepareApplyInput(string RunId, IReadOnlyList<RangeSources> Ranges);

/// <param name="Part">A range of buckets.</param>
/// <param name="Sources">What it was planned from.</param>
public sealed record RangeSources(RunPart Part, string Sources);

public sealed record ApplyRolesInput(RunPart Part, SegmentSet Plan);

/// <param name="Part">A range of buckets.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="Sources">What it was planned from.</param>
/// <param name="Refused">Users whose logins turned out to be taken; null: nobody's.</param>
public sealed record ApplyRangeInput(RunPart Part, SegmentSet Plan, string Sources, SegmentSet? Refused = null);

/// <summary>Several ranges, like those of <see cref="PrepareApplyInput"/>.</summary>
public sealed record CommitStateInput(string RunId, IReadOnlyList<RangeState> Ranges);

/// <param name="Part">A range of buckets.</param>
/// <param name="Plan">Its plan, with the state that follows.</param>
/// <param name="Sources">What it was planned from.</param>
/// <param name="Marked">Operations were applied: the states it replaces are the marks that <see cref="PrepareApply"/> put there.</param>
public sealed record RangeState(RunPart Part, SegmentSet Plan, string Sources, bool Marked);

/// <param name="Roles">A range of the linked roles.</param>
/// <param name="Plans">Of all ranges of buckets.</param>
/// <param name="Added">Memberships that the run adds, of all roles.</param>
/// <param name="ParallelRoles">So many are written at a time.</param>
public sealed record ApplyMembersInput(RunPart Roles, IReadOnlyList<SegmentSet> Plans, long Added, int ParallelRoles);

/// <param name="Done">Operations that are in the records now.</param>
/// <param name="Conflicts">Operations that were left out because the record had been changed meanwhile.</param>
/// <param name="Refused">Who was left out, for later steps; null: nobody.</param>
/// <param name="LeftOut">The users of those operations, for the journal.</param>
public sealed record Applied(long Done, long Conflicts, SegmentSet? Refused = null, SegmentSet? LeftOut = null);

/// <summary>How the data part of a run ended.</summary>
/// <param name="Watermark">The latest modification date seen, where everything was read and applied.</param>
/// <param name="LeftOut">Users whose operations were left out.</param>
/// <param name="Kept">Where everything was read and applied: what the directory has now.</param>
public sealed record SyncOutcome(
    RunStatus Status, RunTotals Totals, DateTimeOffset? Watermark, string? PlanHash, Population? Kept = null, IReadOnlyList<SegmentSet>? LeftOut = null);

/// <param name="ActiveUsers">Active linked users.</param>
/// <param name="Memberships">Memberships of linked users.</param>
public sealed record Population(long ActiveUsers, long Memberships);

/// <param name="Reads">As a run would have read it: the plan of the roles.</param>
/// <param name="Ranges">The number of bucket ranges to plan in parallel.</param>
public sealed record UndoOpened(ReadResults Reads, int Ranges);

/// <param name="Unreachable">The run failed because the directory could not be reached.</param>
public sealed record CloseRunInput(SyncRequest Request, SyncOutcome? Outcome, string? Error, bool Unreachable = false);
