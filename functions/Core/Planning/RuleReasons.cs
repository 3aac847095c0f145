using LdapSync.Core.Mapping;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Core.SignIns;

namespace LdapSync.Core.Planning;

/// <summary>What is known of one person, with what the planner makes of it.</summary>
/// <param name="Record">The user of the application; null: there is none.</param>
/// <param name="Exists">There is an entry below the search base.</param>
/// <param name="InFilter">The users filter finds it.</param>
/// <param name="Enabled">The account is on; null: not known.</param>
/// <param name="Problem">Why the entry cannot be used (U8).</param>
/// <param name="InLinkedGroup">In at least one linked group.</param>
/// <param name="Collision">Of the person.</param>
/// <param name="Answer">To a collision.</param>
/// <param name="Changes">What the next run would do to this person.</param>
public sealed record PersonFacts(
    UserRecord? Record,
    bool Exists,
    bool InFilter,
    bool? Enabled,
    EntryProblem? Problem,
    bool InLinkedGroup,
    Collision? Collision,
    CollisionAnswer? Answer,
    IReadOnlyList<PlannedChange> Changes);

/// <param name="Rule">Its id.</param>
/// <param name="Applies">The next run changes something by this rule, or the rule keeps it from doing so.</param>
/// <param name="Why">In words.</param>
public sealed record RuleReason(string Rule, bool Applies, string Why);

/// <summary>Says for one person which rules apply and why. What happens is the planner's decision; this only puts it into words.</summary>
public static class RuleReasons
{
    public static IReadOnlyList<RuleReason> Of(OptionSettings options, PersonFacts facts, string directoryId)
    {
        var reasons = new List<RuleReason>();
        var linked = facts.Record is { DirectoryId: not null };
        if (linked)
        {
            Linked(reasons, options, facts);
        }
        else
        {
            reasons.Add(new RuleReason(Rule.Import, Does(facts, Rule.Import), Import(options, facts)));
        }

        if (facts.Collision is { } collision)
        {
            reasons.Add(new RuleReason(Rule.Collision, true, collision.ToNote().Message));
        }
        else if (facts.Answer is { } answer)
        {
            reasons.Add(new RuleReason(Rule.Collision, true, answer.Kind switch
            {
                AnswerKind.Ignore => $"An administrator answered that the collision about '{answer.About}' is to be ignored.",
                AnswerKind.KeepApart => $"An administrator gave this directory user the login '{answer.Login}' instead of '{answer.About}'.",
                _ => "An administrator bound the user in the way to this directory user.",
            }));
        }

        if (facts.Problem is { } problem)
        {
            reasons.Add(new RuleReason(Rule.MissingAttribute, true, $"{problem.Field}: {problem.Message}"));
        }

        Members(reasons, options, facts);
        reasons.Add(SignIn(facts, directoryId));
        return reasons;
    }

    private static string Import(OptionSettings options, PersonFacts facts)
    {
        if (facts.Record is not null && facts.Collision is null && !facts.Exists)
        {
            return "The user was made or unbound by hand; the synchronization leaves it alone.";
        }

        return Reading(facts) ?? facts switch
        {
            _ when !options.ImportNewUsers => "Not imported: options.importNewUsers is off.",
            { InLinkedGroup: false } when options.ImportScope == ImportScope.LinkedGroups => "Not imported: in none of the linked groups, and only their members are.",
            { InLinkedGroup: false } when options.SynchronizeOnlyGroups => "Not imported: in none of the linked groups, and options.synchronizeOnlyGroups is on.",
            { Answer.Kind: AnswerKind.Ignore } => "Not imported: an administrator answered that the collision is to be ignored.",
            { Collision: not null } => "Not imported because of the collision.",
            _ => "Becomes a user at the next run.",
        };
    }

    /// <summary>Why the directory does not show the person as an active user; null: it does.</summary>
    private static string? Reading(PersonFacts facts) => facts switch
    {
        { Exists: false } => "The directory has no such person below users.searchBase.",
        { InFilter: false } => "The entry exists, but the users filter does not find it.",
        { Problem: not null } => "The entry lacks what is required.",
        { Enabled: false } => "The account is off in the directory.",
        _ => null,
    };

    private static void Linked(List<RuleReason> reasons, OptionSettings options, PersonFacts facts)
    {
        var record = facts.Record!;
        var fields = facts.Changes.Where(change => change.Object == PlannedObject.User && change.Field is not (UserField.Active or UserField.CanSignIn)).ToList();
        reasons.Add(new RuleReason(Rule.Update, fields.Count > 0, fields.Count > 0
            ? $"Fields that follow the directory at the next run: {string.Join(", ", fields.Select(change => change.Field))}."
            : facts.InFilter && facts.Problem is null ? "All mapped fields are as in the directory." : "The directory shows no values to follow."));
        if (record.Active)
        {
            var why = Reading(facts) is { } missing && facts.Problem is null ? missing : "Among the active users of the directory.";
            reasons.Add(new RuleReason(Rule.Deactivate, Does(facts, Rule.Deactivate), record.Protected && !facts.InFilter ? $"{why} The user is protected and stays active." : why));
        }
        else
        {
            reasons.Add(new RuleReason(Rule.Reactivate, Does(facts, Rule.Reactivate), Reading(facts) is { } missing ? $"Stays inactive. {missing}"
                : !facts.InLinkedGroup && options.SynchronizeOnlyGroups && !record.BoundByHand ? "Stays inactive: in none of the linked groups."
                : "Among the active users of the directory again."));
        }

        if (record.BoundByHand)
        {
            reasons.Add(new RuleReason(Rule.Binding, true, "Bound by hand: may sign in and stays active without being in a linked group."));
        }
    }

    private static void Members(List<RuleReason> reasons, OptionSettings options, PersonFacts facts)
    {
        var members = facts.Changes.Where(change => change.Object == PlannedObject.Member).ToList();
        foreach (var rule in members.Select(change => change.Rule).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var roles = members.Where(change => change.Rule == rule).ToList();
            var verb = roles[0].Action == PlannedAction.Add ? "Joins" : "Leaves";
            reasons.Add(new RuleReason(rule, true, $"{verb} roles at the next run: {string.Join(", ", roles.Select(change => change.Id))}."));
        }

        if (facts.Record is { DirectoryId: not null, BoundByHand: false } && !facts.InLinkedGroup)
        {
            reasons.Add(options.SynchronizeOnlyGroups
                ? new RuleReason(Rule.LeaveGroupsOnly, Does(facts, Rule.LeaveGroupsOnly), "In none of the linked groups: inactive, because options.synchronizeOnlyGroups is on.")
                : new RuleReason(Rule.Leave, Does(facts, Rule.Leave), "In none of the linked groups: stays active and cannot sign in."));
        }
    }

    private static RuleReason SignIn(PersonFacts facts, string directoryId) => SignInRules.Refusal(facts.Record, directoryId) is null
        ? new RuleReason(Rule.SignIn, true, "May sign in with the directory password.")
        : new RuleReason(Rule.SignInRefused, true, facts.Record switch
        {
            null => "Cannot sign in: there is no user.",
            { DirectoryId: null } => "Cannot sign in: the user is not linked to a directory user.",
            { Active: false } => "Cannot sign in: the user is inactive.",
            { CanSignIn: false } => "Cannot sign in: in no linked group, and not bound by hand.",
            _ => "Cannot sign in here: the user is linked to another directory.",
        });

    private static bool Does(PersonFacts facts, string rule) => facts.Changes.Any(change => change.Rule == rule);
}
