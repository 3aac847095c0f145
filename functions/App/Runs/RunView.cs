using LdapSync.Core.Licences;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Runs;

/// <summary>How far a phase is, in its own unit: entries read, buckets planned, operations applied.</summary>
public sealed record PhaseView(string Name, long Done, long Total, bool Finished);

/// <summary>A run as the API tells it.</summary>
public sealed record RunView(
    string Id,
    string DirectoryId,
    RunMode Mode,
    RunMode RequestedMode,
    string? ModeReason,
    bool DryRun,
    RunTrigger Trigger,
    RunStatus Status,
    string Phase,
    int Percent,
    IReadOnlyList<PhaseView> Phases,
    RunTotals Totals,
    IReadOnlyList<LicenceForecast> Licences,
    string? Error,
    IReadOnlyList<string> Warnings,
    DateTimeOffset Queued,
    DateTimeOffset? Started,
    DateTimeOffset? Finished,
    string? PlanHash,
    string? StartedBy,
    string? UndoOf = null,
    DateTimeOffset? ApprovalDeadline = null,
    string? DecidedBy = null,
    DateTimeOffset? DecidedAt = null)
{
    public static RunView Of(RunRecord run, IReadOnlyDictionary<string, PartProgress> parts)
    {
        var phases = Sync.Phases.InOrder.Select(phase => PhaseOf(run, phase, [.. parts.Values.Where(part => part.Phase == phase)])).ToList();
        return new RunView(
            run.Id, run.DirectoryId, run.Mode, run.RequestedMode, run.ModeReason, run.DryRun, run.Trigger, run.Status, run.Phase, PercentOf(run, phases), phases,
            run.Totals, run.Licences, run.Error, run.Warnings, run.Queued, run.Started, run.Finished, run.PlanHash, run.StartedBy,
            run.UndoOf, run.ApprovalDeadline, run.DecidedBy, run.DecidedAt);
    }

    private static PhaseView PhaseOf(RunRecord run, string name, List<PartProgress> parts)
    {
        if (run.Status == RunStatus.Completed)
        {
            var done = name switch
            {
                Sync.Phases.Reading => run.Totals.GroupsRead + run.Totals.UsersRead + run.Totals.MembershipsRead,
                Sync.Phases.Planning => Buckets.Count,
                _ => run.Totals.Applied,
            };
            return new PhaseView(name, done, done, Finished: true);
        }

        var order = Sync.Phases.InOrder.ToList();
        var current = order.IndexOf(run.Phase == Sync.Phases.WaitingForApproval ? Sync.Phases.Applying : run.Phase);
        var sum = parts.Sum(part => part.Done);
        return new PhaseView(name, sum, Math.Max(sum, parts.Sum(part => part.Total)), order.IndexOf(name) < current);
    }

    private static int PercentOf(RunRecord run, List<PhaseView> phases)
    {
        if (run.Finished is not null)
        {
            return 100;
        }

        // A phase is never quite done before the next one begins; what its total will be is not always known.
        var share = phases.Sum(phase => phase.Finished ? 1 : phase.Total > 0 ? 0.9 * phase.Done / phase.Total : 0);
        return (int)(100 * share / phases.Count);
    }
}
