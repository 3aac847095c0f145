using System.Globalization;
using LdapSync.Core.Licences;
using LdapSync.Core.Notifications;
using LdapSync.Core.Records;

namespace LdapSync.App.Notifications;

/// <summary>What notifications of runs say. Plain functions: the same run, the same words and the same id.</summary>
internal static class RunMessages
{
    public const int MostItems = 20;

    /// <summary>Rule N1.</summary>
    public static Notification Closed(RunRecord run)
    {
        var (kind, severity, what) = run.Status switch
        {
            RunStatus.Completed when run is { DryRun: false, UndoOf: not null } => (NotificationKind.RunCompleted, NotificationSeverity.Information, "Run taken back"),
            RunStatus.Completed when run.DryRun => (NotificationKind.RunCompleted, NotificationSeverity.Information, "Preview ready"),
            RunStatus.Completed => (NotificationKind.RunCompleted, NotificationSeverity.Information, "Synchronization completed"),
            RunStatus.Failed => (NotificationKind.RunFailed, NotificationSeverity.Error, "Synchronization failed"),
            RunStatus.Rejected => (NotificationKind.RunStopped, NotificationSeverity.Warning, "Plan not approved"),
            _ => (NotificationKind.RunStopped, NotificationSeverity.Information, "Synchronization cancelled"),
        };
        var text = run switch
        {
            { Error: { } error } => error,
            { DryRun: true } => "The plan can be looked at; nothing was changed.",
            { Totals.Applied: 0, UndoOf: not null } => "There was nothing to take back.",
            { Totals.Applied: 0 } => "Nothing had changed.",
            { UndoOf: not null } => "What an earlier run had changed is as it was before. The schedule is paused until somebody resumes it.",
            _ => "The records follow the directory.",
        };
        return Make(run, run.Finished!.Value, $"run:{run.Id}:closed", kind, severity, new NotificationContent($"{what}: {run.DirectoryId}", text)
        {
            Facts = [.. Facts(run)],
            ItemsTitle = "Worth knowing",
            Items = [.. run.Warnings.Take(MostItems)],
            MoreItems = Math.Max(0, run.Warnings.Count - MostItems),
            LinkText = "Look at the run",
            LinkPath = $"runs/{run.Id}",
        });
    }

    /// <summary>Rule N2.</summary>
    public static Notification Shortage(RunRecord run, LicenceForecast forecast, IReadOnlyList<string> waiting) => Make(
        run, run.Finished!.Value, $"shortage:{run.Id}:{forecast.ProductId}", NotificationKind.LicenceShortage, NotificationSeverity.Warning,
        new NotificationContent($"Too few licences: {forecast.Name} needs {Count(forecast.Missing)} more", "More users are to have a licence than there are. Who waits gets one as soon as there is one: raise the total, or take licences back.")
        {
            Facts =
            [
                new NotificationFact("Product", forecast.Name),
                new NotificationFact("Licences in total", Count(forecast.Total)),
                new NotificationFact("Needed for", $"{Count(forecast.Needed)} more users"),
                new NotificationFact("Available", Count(Math.Min(forecast.Available, forecast.Needed))),
                new NotificationFact("Waiting", $"{Count(forecast.Missing)} users"),
            ],
            ItemsTitle = "Waiting, in this order",
            Items = waiting,
            MoreItems = waiting.Count == 0 ? 0 : forecast.Missing - waiting.Count,
            LinkText = "Look at the licences",
            LinkPath = $"licences/{forecast.ProductId}",
        });

    /// <summary>Rule N3.</summary>
    public static Notification GuardWaiting(RunRecord run, IReadOnlyList<string> exceeded, DateTimeOffset deadline) => Make(
        run, run.Queued, $"guard:{run.Id}:{run.PlanHash}", NotificationKind.GuardWaiting, NotificationSeverity.Warning,
        new NotificationContent($"Approval needed: {run.DirectoryId}", "A synchronization would remove more than its limits allow. Nothing is applied until somebody approves this very plan; after the deadline it ends as rejected.")
        {
            Facts =
            [
                new NotificationFact("Deadline", Time(deadline)),
                new NotificationFact("Users to deactivate", Count(run.Totals.Deactivated)),
                new NotificationFact("Memberships to remove", Count(run.Totals.MembersRemoved)),
                new NotificationFact("Plan", run.PlanHash ?? ""),
            ],
            ItemsTitle = "Limits exceeded",
            Items = exceeded,
            LinkText = "Look at the plan",
            LinkPath = $"runs/{run.Id}",
        });

    /// <summary>Rule N4.</summary>
    public static Notification GroupMissing(RunRecord run, RoleRecord role) => Make(
        run, run.Finished!.Value, $"group:{role.Id}:{role.GroupMissingSince:O}", NotificationKind.GroupMissing, NotificationSeverity.Warning,
        new NotificationContent($"Linked group missing: {role.Name}", "The group of a role no longer exists in the directory, or the groups filter does not find it any more. Members stay as they are. Link the role to another group, or unlink it.")
        {
            Facts =
            [
                new NotificationFact("Role", role.Name),
                new NotificationFact("Group", role.GroupDistinguishedName ?? role.GroupId ?? ""),
                new NotificationFact("Missing since", Time(role.GroupMissingSince!.Value)),
            ],
            LinkText = "Look at the role",
            LinkPath = $"roles/{role.Id}",
        });

    /// <summary>Rule N5.</summary>
    public static Notification Unreachable(RunRecord run, NotificationCause cause) => Make(
        run, run.Finished!.Value, $"unreachable:{run.DirectoryId}:{cause.Opened:O}", NotificationKind.DirectoryUnreachable, NotificationSeverity.Error,
        new NotificationContent($"Directory unreachable: {run.DirectoryId}", $"The last {Count(cause.Level)} synchronizations could not reach the directory. Users and roles stay as they were.")
        {
            Facts = [new NotificationFact("First failure", Time(cause.Opened)), new NotificationFact("Last error", run.Error ?? "")],
            LinkText = "Look at the settings",
            LinkPath = $"setup/{run.DirectoryId}",
        });

    private static IEnumerable<NotificationFact> Facts(RunRecord run)
    {
        yield return new NotificationFact("Started", $"{Time(run.Started ?? run.Queued)}, {run.Trigger switch { RunTrigger.Manual => "by hand", RunTrigger.Timer => "on schedule", RunTrigger.Undo => "to take back a run", _ => "after settings were saved" }}");
        yield return new NotificationFact("Took", string.Create(CultureInfo.InvariantCulture, $"{(run.Finished!.Value - run.Queued).TotalSeconds:0.0} s"));
        var totals = run.Totals;
        (string Label, long Value)[] counts =
        [
            ("Users read", totals.UsersRead), ("Users created", totals.Created), ("Users updated", totals.Updated), ("Users deactivated", totals.Deactivated),
            ("Users reactivated", totals.Reactivated), ("Users removed", totals.Removed), ("Members added", totals.MembersAdded), ("Members removed", totals.MembersRemoved),
            ("Licences granted", totals.LicencesGranted), ("Licences taken back", totals.LicencesReclaimed), ("Licences missing", totals.LicencesMissing),
            ("Logins in collision", totals.Collisions), ("Entries with errors", totals.EntryProblems), ("Changes left out", totals.Conflicts),
        ];
        foreach (var (label, value) in counts.Where(count => count.Value > 0))
        {
            yield return new NotificationFact(label, Count(value));
        }
    }

    private static Notification Make(
        RunRecord run, DateTimeOffset time, string cause, NotificationKind kind, NotificationSeverity severity, NotificationContent content) =>
        new(NotificationId.Of(time, cause), kind, severity, time, content) { DirectoryId = run.DirectoryId, RunId = run.Id };

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
