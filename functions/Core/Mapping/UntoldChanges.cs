using LdapSync.Core.Filters;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Mapping;

/// <summary>
/// Settings by which a user comes and goes without a change of the user's own entry, so that no server tells of it. There, reading changes alone would keep who
/// is to go.
/// </summary>
public static class UntoldChanges
{
    /// <summary>Kept by the server as the other side of a list of members, or computed at the moment of reading; some by their numbers.</summary>
    private static readonly HashSet<string> Derived = new(StringComparer.OrdinalIgnoreCase)
    {
        "memberOf", "1.2.840.113556.1.2.102", "isMemberOf", "1.3.6.1.4.1.42.2.27.9.1.792", "msds-memberOfTransitive",
        "tokenGroups", "tokenGroupsGlobalAndUniversal", "tokenGroupsNoGCAcceptable", "msDS-User-Account-Control-Computed",
    };

    /// <returns>Why changes are not enough, in words; null: they are.</returns>
    public static string? Reason(DirectorySettings settings) =>
        ReasonOf("filters.users", settings.Filters.Users)
        ?? ReasonOf("users.activeExpression", settings.Users.ActiveExpression)
        ?? (settings.Users.InactiveWhen.LockedOut
            ? "users.inactiveWhen.lockedOut is on, and the end of a lock-out is no change that a server tells; switch it off (the directory refuses the password meanwhile anyway)"
            : null);

    private static string? ReasonOf(string field, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var filter = LdapFilter.Parse(text);
        return FilterAttributes.Of(filter).FirstOrDefault(name => Derived.Contains(name.Split(';')[0])) is { } attribute
                ? $"{field} looks at {attribute}, which changes without the user's entry, so it is not told who is to go; link that group, or look at another attribute"
            : FilterAttributes.LooksAtNames(filter)
                ? $"{field} looks at parts of names (:dn:), which change with a container above the user"
            : null;
    }
}
