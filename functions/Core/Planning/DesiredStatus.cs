using LdapSync.Core.Settings;

namespace LdapSync.Core.Planning;

/// <summary>Who is active and who may sign in: the same answer at every run, whatever happened before, so nothing flips back and forth.</summary>
public static class DesiredStatus
{
    /// <summary>Rules U3, U4, R4: whether a linked user is to be active.</summary>
    /// <param name="options">Of the directory.</param>
    /// <param name="present">True or false: among the active users of the directory or not; null: unknown, the read was not complete (G1).</param>
    /// <param name="user">As stored.</param>
    /// <param name="inLinkedGroup">In at least one linked group or in none; null: in none that was read, and some were not read completely (G1).</param>
    /// <param name="anyLinkedRole">At least one role is linked to this directory.</param>
    /// <returns>The desired state, and the rule by which an active user stops being so.</returns>
    public static (bool Active, string Rule) Active(OptionSettings options, bool? present, LinkedUser user, bool? inLinkedGroup, bool anyLinkedRole)
    {
        if (present is null)
        {
            return (user.Active, Rule.IncompleteRead);
        }

        if (user.Protected && user.Active)
        {
            return (true, Rule.Deactivate);
        }

        if (!present.Value)
        {
            return (false, Rule.Deactivate);
        }

        // Unlinking the last role is an administrator's change of settings, not people leaving their groups.
        if (options.SynchronizeOnlyGroups && anyLinkedRole && inLinkedGroup != true && !user.BoundByHand)
        {
            return inLinkedGroup is null ? (user.Active, Rule.IncompleteRead) : (false, Rule.LeaveGroupsOnly);
        }

        return (true, Rule.Reactivate);
    }

    /// <summary>Rules I1, R5: an active user of at least one linked group, or one bound by hand.</summary>
    public static bool CanSignIn(bool active, bool inLinkedGroup, bool boundByHand) => active && (inLinkedGroup || boundByHand);

    /// <summary>Rule U1: whether a directory user without a record becomes one.</summary>
    public static bool IsImported(OptionSettings options, bool enabled, bool inLinkedGroup) =>
        options.ImportNewUsers
        && enabled
        && (inLinkedGroup || (options.ImportScope == ImportScope.All && !options.SynchronizeOnlyGroups));
}
