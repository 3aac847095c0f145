using LdapSync.Core.Licences;

namespace LdapSync.Core.Records;

public enum RunMode
{
    /// <summary>Everything is read and compared.</summary>
    Full,

    /// <summary>Ids are read whole, attributes only of what was modified since the last run.</summary>
    Changed,

    /// <summary>The directory tells what has changed; only whom that touches is read and compared.</summary>
    Delta,
}

public enum RunStatus
{
    Queued,
    Running,
    WaitingForApproval,
    Completed,
    Failed,
    Cancelled,
    Rejected,
}

public enum RunTrigger
{
    Manual,
    Timer,
    SettingsSaved,

    /// <summary>The inverse of an earlier run.</summary>
    Undo,
}

/// <summary>One run of the synchronization: the truth about how it went, whatever the orchestration's own history says.</summary>
/// <param name="Id"><c>{directoryId}.{16 hexadecimal digits}</c>; ids of later runs sort first.</param>
public sealed record RunRecord(string Id, string DirectoryId)
{
    public RunMode Mode { get; init; }

    /// <summary>What was asked for.</summary>
    public RunMode RequestedMode { get; init; }

    /// <summary>Why <see cref="Mode"/> is not the one that was asked for; null where it is.</summary>
    public string? ModeReason { get; init; }

    public bool DryRun { get; init; }

    public RunTrigger Trigger { get; init; }

    /// <summary>Who started it, in words for people; null: the timer. Personal, so neither for logs nor for the orchestration.</summary>
    public string? StartedBy { get; init; }

    public RunStatus Status { get; init; }

    public string Phase { get; init; } = "";

    /// <summary>An e-mail address that is told of the end: of who started the run and asked for it (N1).</summary>
    public string? NotifyEmail { get; init; }

    public DateTimeOffset Queued { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    public bool CancelRequested { get; init; }

    /// <summary>Why the run failed, in words for an administrator; no personal data.</summary>
    public string? Error { get; init; }

    /// <summary>What an administrator should know although the run went well: incomplete reads, vanished groups ...</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public RunTotals Totals { get; init; } = new();

    /// <summary>What the plan means for each product in scope whose licences it touches or finds too few.</summary>
    public IReadOnlyList<LicenceForecast> Licences { get; init; } = [];

    /// <summary>SHA-256 over the plan's segments; null before there is a plan.</summary>
    public string? PlanHash { get; init; }

    /// <summary>The run whose changes this one takes back; null: a synchronization.</summary>
    public string? UndoOf { get; init; }

    /// <summary>Until when the plan waits for approval (G2); null: it does not.</summary>
    public DateTimeOffset? ApprovalDeadline { get; init; }

    /// <summary>Who approved or rejected the plan, for people; null: nobody.</summary>
    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public string? ETag { get; init; }
}

/// <summary>What a run read, planned and applied.</summary>
public sealed record RunTotals
{
    public long GroupsRead { get; init; }

    public long UsersRead { get; init; }

    public long MembershipsRead { get; init; }

    public long Created { get; init; }

    public long Updated { get; init; }

    public long Deactivated { get; init; }

    public long Reactivated { get; init; }

    /// <summary>Users that an undo takes away again, since the run that it undoes created them.</summary>
    public long Removed { get; init; }

    public long MembersAdded { get; init; }

    public long MembersRemoved { get; init; }

    public long RolesRenamed { get; init; }

    /// <summary>Roles whose group vanished or came back (R7).</summary>
    public long RolesMarked { get; init; }

    /// <summary>Rule L1.</summary>
    public long LicencesGranted { get; init; }

    /// <summary>Rule L3.</summary>
    public long LicencesReclaimed { get; init; }

    /// <summary>Rule L2: licences that are missing, over all products.</summary>
    public long LicencesMissing { get; init; }

    public long Collisions { get; init; }

    public long EntryProblems { get; init; }

    /// <summary>Operations that were applied to the records, of those planned.</summary>
    public long Applied { get; init; }

    /// <summary>Operations that were not applied because the record had been changed meanwhile.</summary>
    public long Conflicts { get; init; }

    public RunTotals Add(RunTotals other) => new()
    {
        GroupsRead = GroupsRead + other.GroupsRead,
        UsersRead = UsersRead + other.UsersRead,
        MembershipsRead = MembershipsRead + other.MembershipsRead,
        Created = Created + other.Created,
        Updated = Updated + other.Updated,
        Deactivated = Deactivated + other.Deactivated,
        Reactivated = Reactivated + other.Reactivated,
        Removed = Removed + other.Removed,
        MembersAdded = MembersAdded + other.MembersAdded,
        MembersRemoved = MembersRemoved + other.MembersRemoved,
        RolesRenamed = RolesRenamed + other.RolesRenamed,
        RolesMarked = RolesMarked + other.RolesMarked,
        LicencesGranted = LicencesGranted + other.LicencesGranted,
        LicencesReclaimed = LicencesReclaimed + other.LicencesReclaimed,
        LicencesMissing = LicencesMissing + other.LicencesMissing,
        Collisions = Collisions + other.Collisions,
        EntryProblems = EntryProblems + other.EntryProblems,
        Applied = Applied + other.Applied,
        Conflicts = Conflicts + other.Conflicts,
    };
}
