using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Overview;
using LdapSync.AdminPages.Runs;
using LdapSync.AdminPages.Setup;
using LdapSync.App.Directories;
using LdapSync.App.Licences;
using LdapSync.App.Notifications;
using LdapSync.Core.Notifications;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Pages;

/// <summary>Every directory at a glance, and what needs a person.</summary>
public sealed class OverviewModels(
    DirectoryStore directories, RoleStore roles, RunStore runs, CollisionStore collisions, RunModels models, LicenceViews licences, NotificationFeed feed, TimeProvider time)
{
    private const int RecentRuns = 20;
    private const int LookedAtNotifications = 30;

    public async Task<OverviewModel> OverviewAsync(CancellationToken cancellationToken)
    {
        var listing = roles.ListAsync(cancellationToken);
        var unread = UnreadAsync(cancellationToken);
        var all = await Task.WhenAll((await directories.ListAsync(cancellationToken)).Select(directory => DirectoryAsync(directory, cancellationToken)));
        var roleRecords = await listing;
        var shortages = (await licences.ListAsync(cancellationToken)).Where(product => product.Waiting > 0).Select(ShortageOf);
        var needs = all.SelectMany(directory => NeedsOf(directory, roleRecords)).Concat(shortages).Concat(await unread);
        return new OverviewModel(all, [.. needs.OrderByDescending(need => need.Urgent)])
        {
            AnyLinkedRole = roleRecords.Any(role => role.IsLinked),
        };
    }

    public async Task<DirectoryModel> DirectoryAsync(DirectoryRecord directory, CancellationToken cancellationToken)
    {
        var recent = await runs.ListAsync(directory.Id, RecentRuns, cancellationToken).ToListAsync(cancellationToken);
        var view = DirectoryView.Of(directory, time.GetUtcNow());
        return new DirectoryModel(directory.Id, view.ServerName)
        {
            LastRun = view.LastRun,
            NextRun = view.NextRun,
            Paused = directory.Settings.Schedule.Paused,
            Active = recent.FirstOrDefault(run => run.Finished is null) is { } active ? await models.RunAsync(active, cancellationToken) : null,
            Recent = recent,
            Collisions = LastDone(recent) is { Totals.Collisions: > 0 }
                ? (await collisions.ListAsync(directory.Id, cancellationToken)).Count(collision => collision.Answer is null)
                : 0,
        };
    }

    /// <summary>Warnings and errors that nobody has read. That a run went well is no matter for anybody.</summary>
    private async Task<IEnumerable<NeedModel>> UnreadAsync(CancellationToken cancellationToken)
    {
        var page = await feed.PageAsync(unread: true, null, LookedAtNotifications, null, cancellationToken);
        var bad = page.Items.Where(item => item.Severity != NotificationSeverity.Information).ToList();
        return bad.Count == 0 ? [] :
        [
            new NeedModel(
                $"{Say.Number(bad.Count, "unread notification", "unread notifications")}", $"The latest: {bad[0].Title}",
                Paths.Query(Paths.Notifications, ("unread", "true")), "Read"),
        ];
    }

    /// <summary>The last synchronization that was completed; one that took something back has read nothing.</summary>
    private static RunRecord? LastDone(IEnumerable<RunRecord> recent) =>
        recent.FirstOrDefault(run => run is { DryRun: false, UndoOf: null, Status: RunStatus.Completed });

    private static NeedModel ShortageOf(LicenceView product) => new(
        $"{product.Name}: {Say.Number(product.Waiting, "person waits", "people wait")} for a licence",
        $"{Say.Number(product.Granted)} of {Say.Number(product.Total)} are granted.", Paths.Licence(product.Id), "Look");

    private static IEnumerable<NeedModel> NeedsOf(DirectoryModel directory, IReadOnlyList<RoleRecord> roles)
    {
        if (directory.Active is { Record: { Status: RunStatus.WaitingForApproval } waiting })
        {
            yield return new NeedModel(
                $"{directory.Id}: a mass change waits for you", $"{RunText.Summary(waiting.Totals)}. Nothing has been changed yet.", Paths.Run(waiting.Id), "Look and decide", Urgent: true);
        }

        var real = directory.Recent.Where(run => run is { DryRun: false, UndoOf: null, Finished: not null }).ToList();
        if (real.Count > 0 && real[0].Status == RunStatus.Failed)
        {
            var since = real.TakeWhile(run => run.Status == RunStatus.Failed).Count();
            yield return new NeedModel(
                $"{directory.Id}: the synchronization fails", $"{(since > 1 ? $"{since} times in a row. " : "")}{SettingsText.InWords(real[0].Error ?? "")}", Paths.Run(real[0].Id), "See why", Urgent: true);
        }

        if (directory.Paused)
        {
            var undo = directory.Recent.FirstOrDefault(run => run is { DryRun: false, UndoOf: not null, Status: RunStatus.Completed });
            yield return new NeedModel(
                $"{directory.Id}: the schedule is paused", undo is null ? "No synchronization starts by itself." : "A run was taken back. No synchronization starts by itself until the schedule is resumed.",
                undo is null ? $"{Paths.Directory(directory.Id)}#schedule" : Paths.Run(undo.Id), undo is null ? "To the schedule" : "See why");
        }

        var linked = roles.Where(role => role.IsLinked && role.DirectoryId == directory.Id).ToList();
        if (linked.Count == 0)
        {
            yield return new NeedModel($"{directory.Id}: no role is linked", "Link roles to groups of the directory: their people become users with the next synchronization.", Paths.Roles, "Link roles");
        }

        if (linked.Where(role => role.GroupMissingSince is not null).ToList() is { Count: > 0 } missing)
        {
            yield return new NeedModel(
                missing.Count == 1 ? $"The group of {missing[0].Name} is gone" : $"The groups of {missing.Count} roles are gone",
                "Nobody was deactivated for that. Link another group, or unlink.", missing.Count == 1 ? Paths.Role(missing[0].Id) : Paths.Roles, "Look");
        }

        if (directory.Collisions > 0)
        {
            yield return new NeedModel(
                $"{directory.Id}: {Say.Number(directory.Collisions, "login collides", "logins collide")}", "These people of the directory are not synchronized: their login is taken.", Paths.Collisions(directory.Id), "Answer");
        }

        if (LastDone(directory.Recent) is { Totals: { EntryProblems: > 0 } bad } run)
        {
            yield return new NeedModel(
                $"{directory.Id}: {Say.Number(bad.EntryProblems, "entry", "entries")} cannot be used", "A required attribute is missing in the directory.", Paths.Run(run.Id) + "#notes", "Look");
        }
    }
}
