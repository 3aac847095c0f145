namespace LdapSync.Core.Planning;

/// <summary>
/// What the compact sync state knows of one linked user: enough to see that nothing has changed without reading the record.
/// </summary>
/// <param name="LdapId">The directory user's id in canonical text.</param>
/// <param name="UserId">The record's id.</param>
/// <param name="Fingerprint">Of the directory's fields when they were last taken over; 0: unknown, compare with the record.</param>
/// <param name="Active">As stored.</param>
/// <param name="CanSignIn">As stored.</param>
/// <param name="BoundByHand">As stored.</param>
/// <param name="Protected">As stored.</param>
/// <param name="Roles">Indexes into the run's linked roles, ascending: the stored memberships.</param>
/// <param name="Manual">Those of <paramref name="Roles"/> that were put in by hand since the last run.</param>
public sealed record LinkedUser(
    string LdapId,
    string UserId,
    UInt128 Fingerprint,
    bool Active,
    bool CanSignIn,
    bool BoundByHand,
    bool Protected,
    IReadOnlyList<int> Roles,
    IReadOnlyList<int> Manual);

/// <summary>A role that is linked to a group of the directory in this run.</summary>
/// <param name="RoleId">The role.</param>
/// <param name="GroupId">The group's id in canonical text.</param>
/// <param name="GroupName">The group's name as read now; the stored one when the group was not found.</param>
/// <param name="GroupDistinguishedName">As read now; the stored one when the group was not found.</param>
/// <param name="Found">The group was among the groups that were read.</param>
/// <param name="LinkedAt">When the link was made.</param>
public sealed record LinkedRole(
    string RoleId, string GroupId, string GroupName, string GroupDistinguishedName, bool Found, DateTimeOffset? LinkedAt = null)
{
    /// <summary>Names this link and no earlier one of the same role: members may have been changed by hand in between.</summary>
    public string Key => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{RoleId} {GroupId} {LinkedAt?.UtcTicks ?? 0}");
}
