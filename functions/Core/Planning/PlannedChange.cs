namespace LdapSync.Core.Planning;

public enum PlannedObject
{
    User,
    Role,
    Member,
    Licence,
}

public enum PlannedAction
{
    Create,
    Update,
    Deactivate,
    Reactivate,
    Add,
    Remove,
    Rename,
    Mark,
}

/// <summary>One line of a plan: what changes on which object, from what to what, and the rule that causes it.</summary>
/// <param name="Object">The kind of record.</param>
/// <param name="Id">The record's id; for a member the role's id, for a licence the product's.</param>
/// <param name="Name">The record's name for people; for a member or a licence the user's.</param>
/// <param name="Action">What happens to the record.</param>
/// <param name="Field">The field, e.g. <c>login</c>; for a member or a licence the user's id.</param>
/// <param name="Before">The value before; null: none.</param>
/// <param name="After">The value after; null: none.</param>
/// <param name="Rule">The id of the rule, see <see cref="Planning.Rule"/>.</param>
/// <param name="LeftOut">Not applied, because the record had been changed since the plan was made.</param>
public sealed record PlannedChange(
    PlannedObject Object,
    string Id,
    string Name,
    PlannedAction Action,
    string Field,
    string? Before,
    string? After,
    string Rule,
    bool LeftOut = false);

/// <summary>A change of one field of a record.</summary>
public sealed record FieldChange(string Field, string? Before, string? After, string Rule);

/// <summary>All that happens to one user record in a run. Applied whole or not at all.</summary>
/// <param name="UserId">The record's id.</param>
/// <param name="Name">The login before the change (after it, for a new user), for people to read.</param>
/// <param name="Action">The most important thing that happens: a deactivation that also updates fields is a deactivation.</param>
/// <param name="Changes">The fields, each at most once.</param>
public sealed record UserOperation(string UserId, string Name, PlannedAction Action, IReadOnlyList<FieldChange> Changes)
{
    public IEnumerable<PlannedChange> ToChanges() =>
        Changes.Select(change => new PlannedChange(PlannedObject.User, UserId, Name, Action, change.Field, change.Before, change.After, change.Rule));

    /// <summary>The value that <paramref name="field"/> gets, if the operation changes it.</summary>
    public FieldChange? Find(string field) => Changes.FirstOrDefault(change => change.Field == field);
}

/// <summary>A user joins or leaves a role.</summary>
public sealed record MemberOperation(string RoleId, string UserId, string Name, bool Add, string Rule)
{
    public PlannedChange ToChange() => new(
        PlannedObject.Member, RoleId, Name, Add ? PlannedAction.Add : PlannedAction.Remove, UserId, Add ? null : "member", Add ? "member" : null, Rule);
}

/// <summary>What happens to one role record.</summary>
public sealed record RoleOperation(string RoleId, string Name, PlannedAction Action, IReadOnlyList<FieldChange> Changes)
{
    public IEnumerable<PlannedChange> ToChanges() =>
        Changes.Select(change => new PlannedChange(PlannedObject.Role, RoleId, Name, Action, change.Field, change.Before, change.After, change.Rule));
}

/// <summary>Something that a run could not do or that people should know, about one entry or value.</summary>
/// <param name="Kind">E.g. <c>collision</c>, <c>missingAttribute</c>, <c>unmatchedCompany</c>.</param>
/// <param name="Rule">The rule behind it.</param>
/// <param name="Subject">The login, distinguished name or value that it is about.</param>
/// <param name="Message">What is the matter and what to do.</param>
public sealed record RunNote(string Kind, string Rule, string Subject, string Message);
