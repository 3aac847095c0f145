using LdapSync.AdminPages.Runs;
using LdapSync.App.Api;
using LdapSync.App.Runs;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;

namespace LdapSync.App.Pages;

/// <summary>Runs as the pages show them.</summary>
public sealed class RunModels(RunStore runs, RunJournal journal, DirectoryStore directories, RoleStore roles, LicenceStore licences)
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
        var paused = (await directories.GetAsync(run.DirectoryId, cancellationToken))?.Settings.Schedule.Paused == true;
        var model = new RunPageModel(await RunAsync(run, cancellationToken))
        {
            SchedulePaused = paused,
            Warnings = [.. run.Warnings.Where(warning => !(paused && warning == RunUndo.Paused))],
        };
        try
        {
            return await PlanAsync(model, chosen, rule, from, cancellationToken);
        }
        catch (ApiException gone) when (gone.Status == StatusCodes.Status410Gone)
        {
            return model with { JournalGone = true };
        }
    }

    private async Task<RunPageModel> PlanAsync(RunPageModel model, string? chosen, string? rule, string? from, CancellationToken cancellationToken)
    {
        var run = model.Run.Record;
        var changes = await journal.ChangesAsync(
            run, PageSize, from, cancellationToken,
            chosen is null && rule is null ? null : change => (chosen is null || RunText.IsOfKind(change, chosen)) && (rule is null || change.Rule == rule));
        var notes = await journal.NotesAsync(run, NoteCount, null, cancellationToken);
        return model with
        {
            Items = await ItemsAsync(changes.Items, cancellationToken),
            Notes = notes.Items,
            MoreNotes = notes.Continuation is not null,
            Kind = chosen,
            Rule = rule,
            Next = changes.Continuation,
            Continued = from is not null,
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

    private static string? Largest(RunTotals totals) => totals switch
    {
        { Deactivated: > 0 } => "deactivated",
        { Removed: > 0 } => "removed",
        { MembersRemoved: > 0 } => "left",
        _ => null,
    };

    /// <summary>Puts the lines about one record together.</summary>
    public async Task<IReadOnlyList<PlanItem>> ItemsAsync(IReadOnlyList<PlannedChange> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            return [];
        }

        var places = await PlacesAsync(changes, cancellationToken);
        return
        [
            .. changes.GroupBy(change => (change.Object, change.Id, User: HasPlace(change) ? change.Field : "")).Select(record =>
            {
                var first = record.First();
                return new PlanItem(
                    first.Object, first.Id, first.Name, first.Action, [.. record.Select(change => change.Rule).Distinct()],
                    HasPlace(first) ? places.GetValueOrDefault((first.Object, first.Id), first.Id) : null,
                    HasPlace(first) ? first.Field : first.Object == PlannedObject.User ? first.Id : null,
                    HasPlace(first) ? [] : [.. record])
                { LeftOut = first.LeftOut };
            }),
        ];
    }

    /// <summary>Members and licences: the id is the role's or the product's, the field the user's id.</summary>
    private static bool HasPlace(PlannedChange change) => change.Object is PlannedObject.Member or PlannedObject.Licence;

    /// <summary>Names of roles and products, by what they are the place of, and id.</summary>
    private async Task<Dictionary<(PlannedObject, string), string>> PlacesAsync(IReadOnlyList<PlannedChange> changes, CancellationToken cancellationToken)
    {
        var places = new Dictionary<(PlannedObject, string), string>();
        if (changes.Any(change => change.Object == PlannedObject.Licence))
        {
            foreach (var product in await licences.ListAsync(cancellationToken))
            {
                places[(PlannedObject.Licence, product.Id)] = product.Name;
            }
        }

        if (changes.Any(change => change.Object == PlannedObject.Member))
        {
            foreach (var role in await roles.ListAsync(cancellationToken))
            {
                places[(PlannedObject.Member, role.Id)] = role.Name;
            }
        }

        return places;
    }
}
