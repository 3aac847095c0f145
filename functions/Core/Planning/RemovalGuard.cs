using LdapSync.Core.Settings;

namespace LdapSync.Core.Planning;

/// <summary>Rule G2: whether a plan removes so much that a person has to look first.</summary>
public static class RemovalGuard
{
    /// <param name="limits">Of the directory.</param>
    /// <param name="activeUsers">Active linked users before the run.</param>
    /// <param name="deactivations">Planned.</param>
    /// <param name="memberships">Memberships of linked users before the run.</param>
    /// <param name="roleRemovals">Planned.</param>
    /// <returns>What is over which limit, in words; empty: nothing.</returns>
    public static IReadOnlyList<string> Exceeded(RemovalLimits limits, long activeUsers, long deactivations, long memberships, long roleRemovals)
    {
        var exceeded = new List<string>();
        Check(exceeded, limits, "active users would be deactivated", "deactivations", activeUsers, deactivations, limits.Deactivations, limits.DeactivationsPercent);
        Check(exceeded, limits, "memberships would be removed from roles", "roleRemovals", memberships, roleRemovals, limits.RoleRemovals, limits.RoleRemovalsPercent);
        return exceeded;
    }

    private static void Check(
        List<string> exceeded, RemovalLimits limits, string what, string field, long population, long removals, int? count, int? percent)
    {
        if (population <= limits.MinimumPopulation)
        {
            return;
        }

        if (count is not null && removals > count)
        {
            exceeded.Add($"{removals} of {population} {what}; options.removalLimits.{field} allows {count}.");
        }
        else if (percent is not null && removals * 100 > population * percent)
        {
            exceeded.Add($"{removals} of {population} {what}; options.removalLimits.{field}Percent allows {percent} %.");
        }
    }
}
