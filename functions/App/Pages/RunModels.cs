using LdapSync.AdminPages.Runs;
using LdapSync.App.Api;
using LdapSync.App.Runs;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Pages;

/// <summary>Runs as the pages show them.</summary>
public sealed class RunModels(RunStore runs, RunJournal journal, DirectoryStore directories, RoleStore roles)
{
    private const int PageSize = 100;
    private const int NoteCount = 50;

    public async Task<RunModel> RunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var parts = run.Finished is null ? await runs.ReadProgressAsync(run.Id, cancellationToken) : new Dictionary<string, PartProgress>();
        var view = RunView.Of(run, parts);
        return new RunModel(run, view.Percent, [.. view.Phases.Select(phase => new PhaseModel(phase.Name, phase.Done, phase.Total, phase.Finished))]);
    }

    /// <param name="run">The run.</param>
    /// <param name="kind">See <see cref="RunText.Kinds"/>, or <c>all</c>; null: what matters most, which is removals while a person has to decide.</param>
    /// <param name="rule">The id of a rule; null: all.</param>
    /// <param name="from">From the page before.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<RunPageModel> PageAsync(RunRecord run, string? kind, string? rule, string? from, CancellationToken cancellationToken)
    {
        kind ??= run.Status == RunStatus.WaitingForApproval ? Largest(run.Totals) : null;
        var chosen = RunText.Kinds.Any(known => known.Id == kind) ? kind : null;
        var changes = await journal.ChangesAsync(
            run, PageSize, from, cancellationToken,
            chosen is null && rule is null ? null : change => (chosen is null || RunText.IsOfKind(change, chosen)) && (rule is null || change.Rule == rule));
        var notes = await journal.NotesAsync(run, NoteCount, null, cancellationToken);
        return new RunPageModel(await RunAsync(run, cancellationToken))
        {
            Items = await ItemsAsync(changes.Items, cancellationToken),
            Notes = notes.Items,
            MoreNotes = notes.Continuation is not null,
            Kind = chosen,
            Rule = rule,
            Next = changes.Continuation,
            Continued = from is not null,
            AnswerUntil = await AnswerUntilAsync(run, cancellationToken),
        };
    }

    public async Task<RunsPageModel> ListAsync(string? directoryId, int limit, CancellationToken cancellationToken)
    {
        var ids = (await directories.ListAsync(cancellationToken)).Select(directory => directory.Id).ToList();
        var shown = directoryId ?? ids.FirstOrDefault();
        if (directoryId is not null && !ids.Contains(directoryId))
        {
            throw ApiException.NotFound($"directory '{directoryId}'");
        }

        var items = shown is null ? [] : await runs.ListAsync(shown, limit, cancellationToken).ToListAsync(cancellationToken);
        return new RunsPageModel(ids, shown, items, limit);
    }

    private static string? Largest(RunTotals totals) => totals.Deactivated > 0 ? "deactivated" : totals.MembersRemoved > 0 ? "left" : null;

    private async Task<DateTimeOffset?> AnswerUntilAsync(RunRecord run, CancellationToken cancellationToken) =>
        run.Status == RunStatus.WaitingForApproval && await directories.GetAsync(run.DirectoryId, cancellationToken) is { } directory
            ? (run.Started ?? run.Queued).AddHours(directory.Settings.Options.RemovalLimits.ApprovalHours)
            : null;

    /// <summary>Puts the lines about one record together.</summary>
    public async Task<IReadOnlyList<PlanItem>> ItemsAsync(IReadOnlyList<PlannedChange> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            return [];
        }

        var names = changes.Any(change => change.Object == PlannedObject.Member)
            ? (await roles.ListAsync(cancellationToken)).ToDictionary(role => role.Id, role => role.Name, StringComparer.Ordinal)
            : [];
        return
        [
            .. changes.GroupBy(change => (change.Object, change.Id, Member: change.Object == PlannedObject.Member ? change.Field : "")).Select(record =>
            {
                var first = record.First();
                var member = first.Object == PlannedObject.Member;
                return new PlanItem(
                    first.Object, first.Id, first.Name, first.Action, [.. record.Select(change => change.Rule).Distinct()],
                    member ? names.GetValueOrDefault(first.Id, first.Id) : null,
                    member ? first.Field : first.Object == PlannedObject.User ? first.Id : null,
                    member ? [] : [.. record]);
            }),
        ];
    }
}
