using LdapSync.Core.Planning;
using LdapSync.Core.Records;

namespace LdapSync.AdminPages.Runs;

/// <param name="Done">In the phase's own unit: entries read, buckets planned, operations applied.</param>
public sealed record PhaseModel(string Name, long Done, long Total, bool Finished);

/// <summary>A run with how far it is.</summary>
public sealed record RunModel(RunRecord Record, int Percent, IReadOnlyList<PhaseModel> Phases)
{
    public bool Ended => Record.Finished is not null;

    public string PhaseText
    {
        get
        {
            var phase = Phases.FirstOrDefault(phase => phase.Name == Record.Phase);
            return Record.Status switch
            {
                RunStatus.Queued => "Starting",
                RunStatus.WaitingForApproval => "Waits for approval",
                _ when phase is { Done: > 0 } => $"{RunText.Phase(phase.Name)}: {Frame.Say.Number(phase.Done)}",
                _ => RunText.Phase(Record.Phase),
            };
        }
    }
}

/// <summary>All that a plan does to one record.</summary>
/// <param name="Title">The user's login, or the role's name.</param>
/// <param name="Place">The role that is joined or left, the product whose licence moves; null for a user or a role.</param>
/// <param name="UserId">Null for a role.</param>
/// <param name="Fields">What changes; none for a member or a licence.</param>
public sealed record PlanItem(
    PlannedObject Object, string Id, string Title, PlannedAction Action, IReadOnlyList<string> Rules, string? Place, string? UserId, IReadOnlyList<PlannedChange> Fields)
{
    /// <summary>Not applied: somebody had changed the record since the plan was made.</summary>
    public bool LeftOut { get; init; }
}

/// <summary>A run and what it changes.</summary>
public sealed record RunPageModel(RunModel Run)
{
    public IReadOnlyList<PlanItem> Items { get; init; } = [];

    public IReadOnlyList<RunNote> Notes { get; init; } = [];

    public bool MoreNotes { get; init; }

    /// <summary>The chosen kind, see <see cref="RunText.Kinds"/>; null: all.</summary>
    public string? Kind { get; init; }

    public string? Rule { get; init; }

    /// <summary>Where the next page of changes begins; null: that was all.</summary>
    public string? Next { get; init; }

    /// <summary>Not the first page.</summary>
    public bool Continued { get; init; }

    /// <summary>The changes are no longer kept; of the run only its totals are left.</summary>
    public bool JournalGone { get; init; }

    /// <summary>What people should know, but for what the page says anyway.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The schedule of the run's directory is paused now.</summary>
    public bool SchedulePaused { get; init; }

    /// <summary>A person has just decided; the run has perhaps not noticed yet.</summary>
    public bool Decided { get; init; }

    public bool AsksForDecision => Run.Record.Status == RunStatus.WaitingForApproval && !Decided;

    /// <summary>A run that has ended and has changed something, or may have.</summary>
    public bool CanBeTakenBack =>
        Run.Record is { DryRun: false, Finished: not null, PlanHash: not null, Status: not RunStatus.Rejected } record
        && !JournalGone && (record.Status != RunStatus.Completed || record.Totals.Applied > 0);

    /// <summary>A finished preview of what would be taken back.</summary>
    public bool IsUndoPreview => Run.Record is { DryRun: true, UndoOf: not null, Status: RunStatus.Completed };

    /// <summary>A finished preview of a synchronization.</summary>
    public bool IsPreview => Run.Record is { DryRun: true, UndoOf: null, Status: RunStatus.Completed };
}

/// <param name="Runs">The latest first.</param>
public sealed record RunsPageModel(IReadOnlyList<string> Directories, string? DirectoryId, IReadOnlyList<RunRecord> Runs, int Limit);
