using LdapSync.Core.Records;

namespace LdapSync.Core.Planning;

/// <summary>The inverse of one operation; both null: there is nothing to take back, because it was never applied or is taken back already.</summary>
/// <param name="Operation">What takes it back.</param>
/// <param name="Skipped">What is left as it is, because it was changed since, and why.</param>
public sealed record Inverse<T>(T? Operation, RunNote? Skipped)
    where T : class;

/// <summary>
/// Takes back what a run has applied: each value that is still as the run left it becomes what it was before. What was changed since is skipped, and said.
/// Plain functions of the applied operation and the record as it is now.
/// </summary>
public static class UndoPlanner
{
    private static readonly string[] Fields =
    [
        UserField.Login, UserField.FullName, UserField.Active, UserField.CanSignIn, UserField.Email, UserField.Phone, UserField.Account, UserField.JobTitle,
        UserField.DistinguishedName, UserField.LdapId, UserField.DirectoryId,
    ];

    /// <param name="applied">As the run planned it.</param>
    /// <param name="current">The record now; null: there is none.</param>
    /// <param name="directoryId">Of the run.</param>
    /// <param name="inOtherRoles">The user is in a role that the run did not put him into.</param>
    public static Inverse<UserOperation> User(UserOperation applied, UserRecord? current, string directoryId, bool inOtherRoles)
    {
        if (applied.Action == PlannedAction.Create)
        {
            return current is null ? new(null, null) : Uncreate(applied, current, inOtherRoles);
        }

        if (applied.Action == PlannedAction.Remove)
        {
            return current is null ? new(applied with { Action = PlannedAction.Create, Changes = [.. applied.Changes.Select(Swap)] }, null) : new(null, null);
        }

        return current is null ? Skip("The user has been removed since.")
            : current.DirectoryId != directoryId || current.LdapId is null ? Skip("The user has been unbound since and is left alone.")
            : Restore(applied, current);

        Inverse<UserOperation> Skip(string why) => new(null, Note(applied, why));
    }

    /// <param name="applied">As the run planned it.</param>
    /// <param name="current">The membership now; null: there is none.</param>
    /// <param name="roleExists">The role is still there.</param>
    /// <param name="userExists">So is the user.</param>
    public static Inverse<MemberOperation> Member(MemberOperation applied, MemberRecord? current, bool roleExists, bool userExists)
    {
        if (applied.Add)
        {
            return current is null ? new(null, null)
                : current.FromDirectory ? new(applied with { Add = false }, null)
                : Skip("The membership was made by hand since and stays.");
        }

        return current is not null ? new(null, null)
            : !roleExists ? Skip("The role has been removed since.")
            : !userExists ? Skip("The user has been removed since.")
            : new(applied with { Add = true }, null);

        Inverse<MemberOperation> Skip(string why) => new(null, new RunNote("undoSkipped", applied.Rule, applied.Name, why));
    }

    /// <param name="applied">As the run planned it.</param>
    /// <param name="read">The role's field now, or null where the role is gone or is linked to another group.</param>
    public static Inverse<RoleOperation> Role(RoleOperation applied, Func<string, string?>? read)
    {
        if (read is null)
        {
            return new(null, new RunNote("undoSkipped", applied.Changes[0].Rule, applied.Name, "The role has been removed or linked to another group since."));
        }

        var (changes, changed) = Split(applied.Changes, read);
        return new(
            changes.Count == 0 ? null : applied with { Changes = changes },
            changed.Count == 0 ? null : new RunNote("undoSkipped", changed[0].Rule, applied.Name, $"Changed since, and left as it is: {Names(changed)}."));
    }

    /// <summary>The user is taken away again, if he is still just what the run made of him.</summary>
    private static Inverse<UserOperation> Uncreate(UserOperation applied, UserRecord current, bool inOtherRoles)
    {
        var changed = Fields.Where(field => !IsAs(current, field, applied.Find(field)?.After)).ToList();
        var why = changed.Count > 0 ? $"The user was created by the run and changed since ({string.Join(", ", changed)}); the user stays."
            : current.BoundByHand || current.Protected ? "The user was created by the run, and bound or protected by hand since; the user stays."
            : inOtherRoles ? "The user was created by the run and is in other roles since; the user stays."
            : null;
        return why is null
            ? new(applied with { Action = PlannedAction.Remove, Changes = [.. applied.Changes.Select(Swap)] }, null)
            : new(null, Note(applied, why));
    }

    private static Inverse<UserOperation> Restore(UserOperation applied, UserRecord current)
    {
        var (changes, changed) = Split(applied.Changes, field => UserField.Read(current, field));
        var active = changes.Find(change => change.Field == UserField.Active);

        // Who may sign in is active: where somebody set inactive by hand, that stays, and so does this.
        if ((active?.After ?? UserField.Text(current.Active)) == "false")
        {
            changes.RemoveAll(change => change is { Field: UserField.CanSignIn, After: "true" });
        }

        var note = changed.Count == 0 ? null : Note(applied, $"Changed since, and left as it is: {Names(changed)}.");
        var action = active is null ? PlannedAction.Update : active.After == "true" ? PlannedAction.Reactivate : PlannedAction.Deactivate;
        return new(changes.Count == 0 ? null : new UserOperation(applied.UserId, current.Login, action, changes), note);
    }

    /// <summary>Those that are still as the run left them, inverted; and those that are neither so nor as before.</summary>
    private static (List<FieldChange> Inverted, List<FieldChange> Changed) Split(IEnumerable<FieldChange> changes, Func<string, string?> read)
    {
        var (inverted, changed) = (new List<FieldChange>(), new List<FieldChange>());
        foreach (var change in changes)
        {
            var value = read(change.Field);
            if (value == change.After)
            {
                inverted.Add(Swap(change));
            }
            else if (value != change.Before)
            {
                changed.Add(change);
            }
        }

        return (inverted, changed);
    }

    private static bool IsAs(UserRecord user, string field, string? value) =>
        (UserField.Read(user, field) ?? "") == (value ?? (field is UserField.Active or UserField.CanSignIn ? "false" : ""));

    private static FieldChange Swap(FieldChange change) => change with { Before = change.After, After = change.Before };

    private static string Names(IEnumerable<FieldChange> changes) => string.Join(", ", changes.Select(change => change.Field));

    private static RunNote Note(UserOperation applied, string message) =>
        new("undoSkipped", applied.Changes.Count > 0 ? applied.Changes[0].Rule : Rule.Update, applied.Name, message);
}
