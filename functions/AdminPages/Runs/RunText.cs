using LdapSync.AdminPages.Frame;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;

namespace LdapSync.AdminPages.Runs;

/// <summary>Runs in words.</summary>
public static class RunText
{
    /// <summary>The kinds of changes that can be looked at alone, with how many a run's totals count.</summary>
    public static IReadOnlyList<(string Id, string Text, Func<RunTotals, long> Count)> Kinds { get; } =
    [
        ("deactivated", "deactivated", totals => totals.Deactivated),
        ("removed", "removed", totals => totals.Removed),
        ("left", "leave a role", totals => totals.MembersRemoved),
        ("created", "created", totals => totals.Created),
        ("updated", "updated", totals => totals.Updated),
        ("reactivated", "reactivated", totals => totals.Reactivated),
        ("joined", "join a role", totals => totals.MembersAdded),
        ("roles", "roles changed", totals => totals.RolesRenamed + totals.RolesMarked),
        ("licences", "licences moved", totals => totals.LicencesGranted + totals.LicencesReclaimed),
    ];

    public static bool IsOfKind(PlannedChange change, string kind) => kind switch
    {
        "deactivated" => change is { Object: PlannedObject.User, Action: PlannedAction.Deactivate },
        "removed" => change is { Object: PlannedObject.User, Action: PlannedAction.Remove },
        "left" => change is { Object: PlannedObject.Member, Action: PlannedAction.Remove },
        "created" => change is { Object: PlannedObject.User, Action: PlannedAction.Create },
        "updated" => change is { Object: PlannedObject.User, Action: PlannedAction.Update },
        "reactivated" => change is { Object: PlannedObject.User, Action: PlannedAction.Reactivate },
        "joined" => change is { Object: PlannedObject.Member, Action: PlannedAction.Add },
        "roles" => change.Object == PlannedObject.Role,
        "licences" => change.Object == PlannedObject.Licence,
        _ => false,
    };

    /// <summary>How many changes a run planned or made, over all kinds.</summary>
    public static long Changes(RunTotals totals) => Kinds.Sum(kind => kind.Count(totals));

    /// <summary>The changes of a run in a few words.</summary>
    public static string Summary(RunTotals totals)
    {
        var parts = Kinds.Select(kind => (kind.Text, Count: kind.Count(totals))).Where(part => part.Count > 0)
            .Select(part => $"{Say.Number(part.Count)} {part.Text}").ToList();
        return parts.Count == 0 ? "no changes" : string.Join(", ", parts);
    }

    public static string Result(RunRecord run) => run.Status switch
    {
        RunStatus.Completed => run.DryRun ? $"preview: {Summary(run.Totals)}" : Summary(run.Totals),
        RunStatus.WaitingForApproval => $"waits for you: {Summary(run.Totals)}",
        RunStatus.Failed => run.Error ?? "failed",
        RunStatus.Queued or RunStatus.Running => "running",
        _ => Say.Status(run.Status, run.DryRun).ToLowerInvariant(),
    };

    public static string Phase(string phase) => phase.Length == 0 ? "Starting" : char.ToUpperInvariant(phase[0]) + Say.Words(phase)[1..];

    public static string Field(string field) => field switch
    {
        "canSignIn" => "can sign in",
        "distinguishedName" => "entry",
        "groupDistinguishedName" => "group's entry",
        _ => Say.Words(field),
    };

    public static string Value(string? value) => value switch
    {
        "true" => "yes",
        "false" => "no",
        _ => value ?? "",
    };
}
