using System.Globalization;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;

namespace LdapSync.AdminPages.Frame;

/// <summary>Numbers, times and the domain's words as people read them.</summary>
public static class Say
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(long number, string one, string many) => $"{Number(number)} {(number == 1 ? one : many)}";

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Machine(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A moment seen from now: <c>3 min ago</c>, <c>in 2 h</c>.</summary>
    public static string Relative(DateTimeOffset time, DateTimeOffset now)
    {
        var span = (now - time).Duration();
        if (span < TimeSpan.FromSeconds(45))
        {
            return time > now ? "in a moment" : "just now";
        }

        var amount = Span(span);
        return time > now ? $"in {amount}" : $"{amount} ago";
    }

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        { TotalSeconds: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalMinutes: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days"),
    };

    public static string Status(RunStatus status, bool dryRun) => status switch
    {
        RunStatus.Queued => "Queued",
        RunStatus.Running => dryRun ? "Previewing" : "Running",
        RunStatus.WaitingForApproval => "Waits for you",
        RunStatus.Completed => dryRun ? "Preview ready" : "Completed",
        RunStatus.Failed => "Failed",
        RunStatus.Cancelled => "Cancelled",
        RunStatus.Rejected => "Rejected",
        _ => status.ToString(),
    };

    /// <summary>The style of a status: good, bad, busy, wait or plain.</summary>
    public static string Tone(RunStatus status) => status switch
    {
        RunStatus.Completed => "good",
        RunStatus.Failed => "bad",
        RunStatus.WaitingForApproval => "wait",
        RunStatus.Queued or RunStatus.Running => "busy",
        _ => "plain",
    };

    public static string Trigger(RunTrigger trigger) => trigger switch
    {
        RunTrigger.Manual => "by hand",
        RunTrigger.Timer => "on schedule",
        RunTrigger.SettingsSaved => "after settings were saved",
        RunTrigger.Undo => "to take back a run",
        _ => Words(trigger.ToString()),
    };

    public static string Kind(RoleKind kind) => kind switch
    {
        RoleKind.Organization => "Organization",
        RoleKind.Department => "Department",
        _ => "Functional role",
    };

    public static string Change(PlannedObject what, PlannedAction action) => (what, action) switch
    {
        (PlannedObject.User, PlannedAction.Create) => "new user",
        (PlannedObject.User, PlannedAction.Update) => "user updated",
        (PlannedObject.User, PlannedAction.Deactivate) => "user deactivated",
        (PlannedObject.User, PlannedAction.Reactivate) => "user reactivated",
        (PlannedObject.User, PlannedAction.Remove) => "user removed",
        (PlannedObject.Member, PlannedAction.Add) => "joins a role",
        (PlannedObject.Member, PlannedAction.Remove) => "leaves a role",
        (PlannedObject.Licence, PlannedAction.Add) => "gets a licence",
        (PlannedObject.Licence, PlannedAction.Remove) => "gives a licence back",
        (PlannedObject.Role, PlannedAction.Rename) => "role renamed",
        (PlannedObject.Role, PlannedAction.Mark) => "role marked",
        _ => $"{Words(what.ToString())} {Words(action.ToString())}",
    };

    public static bool IsRemoval(PlannedAction action) => action is PlannedAction.Deactivate or PlannedAction.Remove;

    /// <summary>What a rule does, in a sentence; empty for one that is not known here.</summary>
    public static string RuleText(string rule) => rule switch
    {
        "U1" => "An active directory user in a linked group becomes a user.",
        "U2" => "Mapped fields follow the directory.",
        "U3" => "Gone from the directory, disabled there, or no longer found by the users filter.",
        "U4" => "Among the active directory users again.",
        "U5" => "A login is wanted twice.",
        "U6" => "The company is matched with an existing account.",
        "U7" => "The job title is matched with an existing one.",
        "U8" => "A required attribute is missing.",
        "U9" => "Bound by hand; follows the directory from then on.",
        "I1" => "May sign in with the directory's password.",
        "I2" => "Cannot sign in.",
        "R2" => "The linked group was renamed or moved.",
        "R3" => "Joined the linked group.",
        "R4" or "R5" => "Left the linked group.",
        "R6" => "Directory users are members only through the group.",
        "R7" => "The linked group is gone, or is back.",
        "L1" => "Active users get a licence while there are any.",
        "L2" => "More users than licences.",
        "L3" => "The licence of a deactivated user goes back.",
        "G1" => "Not everything could be read, so nothing is removed.",
        "G2" => "More removals than the limits allow.",
        _ => "",
    };

    /// <summary><c>WaitingForApproval</c> or <c>fullName</c> as lower-case words.</summary>
    public static string Words(string name)
    {
        var text = new System.Text.StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append(' ');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
