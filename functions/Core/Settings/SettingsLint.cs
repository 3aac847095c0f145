namespace LdapSync.Core.Settings;

/// <summary>Warnings about settings that are valid and yet rarely meant. They never keep anyone from saving.</summary>
public static class SettingsLint
{
    /// <summary>Looks over settings that <see cref="SettingsValidator"/> found without error.</summary>
    public static IReadOnlyList<FieldError> Check(DirectorySettings settings)
    {
        var warnings = new List<FieldError>();
        void Warn(bool condition, string field, string message)
        {
            if (condition)
                warnings.Add(new FieldError(field, message));
        }

        var (connection, users, limits) = (settings.Connection, settings.Users, settings.Options.RemovalLimits);
        var isClear = connection.Security == ConnectionSecurity.None;
        Warn(isClear, "connection.security", "Without TLS, names and addresses cross the network in clear.");
        Warn(isClear && !string.IsNullOrEmpty(connection.PinnedCertificate), "connection.pinnedCertificate", "Without TLS there is no certificate that a pin could be compared with.");
        Warn(isClear && !string.IsNullOrEmpty(connection.TrustedCertificates), "connection.trustedCertificates", "Without TLS there is no certificate to trust.");
        Warn(IsActiveDirectory(users) && !settings.Filters.Users.Contains("userAccountControl", StringComparison.OrdinalIgnoreCase),
            "filters.users", "The filter does not leave disabled accounts out; add (!(userAccountControl:1.2.840.113556.1.4.803:=2)) to read fewer entries.");
        Warn(Same(users.UserId, users.Login) || Same(users.UserId, users.FullName) || Same(users.UserId, users.Email) || Same(users.UserId, "cn"),
            "users.userId", "An id that changes with a name makes a second user after a rename; take objectGUID, objectSid or entryUUID.");
        Warn(limits is { Deactivations: null, DeactivationsPercent: null }, "options.removalLimits.deactivations", "Nothing limits how many users one run may deactivate.");
        Warn(limits is { RoleRemovals: null, RoleRemovalsPercent: null }, "options.removalLimits.roleRemovals", "Nothing limits how many role members one run may remove.");
        var posix = settings.Filters.Groups.Contains("posixGroup", StringComparison.OrdinalIgnoreCase);
        Warn(posix && settings.Groups.Membership == MembershipSource.Member,
            "groups.membership", "A posixGroup lists logins in memberUid; take memberUid unless these groups have member too.");
        Warn(settings.Groups.Membership == MembershipSource.MemberUid && IsActiveDirectory(users),
            "groups.membership", "Groups of Active Directory list their members in member, and rarely in memberUid.");
        Warn(settings.Groups.PrimaryGroup && !IsActiveDirectory(users), "groups.primaryGroup", "Only Active Directory has primary groups.");
        Warn(users.InactiveWhen is { LockedOut: true, LockoutMinutes: null } && !IsActiveDirectory(users),
            "users.inactiveWhen.lockoutMinutes", "The directory keeps the time of a lock-out after its end: without the minutes that it lasts, who was locked out once stays inactive until an administrator of the directory unlocks the account.");
        foreach (var (field, attribute) in RequiredAttributes(settings))
            Warn(char.IsAsciiDigit(attribute[0]), field, "Most servers answer with the attribute's name even when asked by its object identifier; write the name.");
        return warnings;
    }

    private static IEnumerable<(string Field, string Attribute)> RequiredAttributes(DirectorySettings settings) =>
    [
        ("users.fullName", settings.Users.FullName),
        ("users.login", settings.Users.Login),
        ("users.userId", settings.Users.UserId),
        ("users.modificationDate", settings.Users.ModificationDate),
        ("groups.groupName", settings.Groups.GroupName),
        ("groups.groupId", settings.Groups.GroupId),
    ];

    private static bool IsActiveDirectory(UserSettings users) =>
        Same(users.UserId, "objectGUID") || Same(users.UserId, "objectSid") || Same(users.ModificationDate, "whenChanged");

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
