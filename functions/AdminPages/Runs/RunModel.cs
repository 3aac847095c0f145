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
/// <param name="Role">For a member: the role's name.</param>
/// <param name="Fields">What changes; none for a member.</param>
public sealed record PlanItem(
    PlannedObject Object, string Id, string Title, PlannedAction Action, IReadOnlyList<string> Rules, string? Role, string? UserId, IReadOnlyList<PlannedChange> Fields);

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

    public DateTimeOffset? AnswerUntil { get; init; }

    /// <summary>A person has just decided; the run has perhaps not noticed yet.</summary>
    public bool Decided { get; init; }

    public bool AsksForDecision => Run.Record.Status == RunStatus.WaitingForApproval && !Decided;
}

/// <param name="Runs">The latest first.</param>
public sealed record RunsPageModel(IReadOnlyList<string> Directories, string? DirectoryId, IReadOnlyList<RunRecord> Runs, int Limit);
