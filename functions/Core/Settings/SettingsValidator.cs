namespace LdapSync.Core.Settings;

/// <summary>Rule S1: settings are right as a whole or are not saved. Reaching the server is somebody else's test.</summary>
public static class SettingsValidator
{
    private const int MaxShards = 64;
    private const int HoursOfAYear = 8760;
    private const int HoursOfAMonth = 720;
    private const int MinutesOfADay = 1440;
    private const int MinutesOfAYear = 525_600;

    /// <summary>All errors, in the order of the fields; none when the settings may be saved.</summary>
    /// <param name="settings">As they came, also with null where JSON said so.</param>
    /// <param name="hasPassword">Whether a password is given with the settings or kept already.</param>
    public static IReadOnlyList<FieldError> Validate(DirectorySettings settings, bool hasPassword)
    {
        var errors = new SettingsErrors();
        IfGiven("connection", settings.Connection, errors, connection => ConnectionRules.Check(connection, hasPassword, errors));
        IfGiven("schedule", settings.Schedule, errors, schedule =>
        {
            errors.Range("schedule.intervalHours", schedule.IntervalHours, 0, HoursOfAYear, "hours");
            errors.Defined("schedule.mode", schedule.Mode);
            errors.Range("schedule.fullRunHours", schedule.FullRunHours, 0, HoursOfAYear, "hours");
        });
        IfGiven("options", settings.Options, errors, options => CheckOptions(options, errors));
        IfGiven("users", settings.Users, errors, users => CheckUsers(users, errors));
        IfGiven("groups", settings.Groups, errors, groups => CheckGroups(groups, errors));
        IfGiven("filters", settings.Filters, errors, filters =>
        {
            errors.Filter("filters.users", filters.Users);
            errors.Filter("filters.groups", filters.Groups);
            errors.GroupUsersTemplate("filters.groupUsers", filters.GroupUsers);
        });
        IfGiven("notifications", settings.Notifications, errors, notifications => NotificationSettings.Check(notifications, errors));
        IfGiven("signIn", settings.SignIn, errors, signIn =>
        {
            errors.Range("signIn.attemptsPerLogin", signIn.AttemptsPerLogin, 1, 1000, "attempts");
            errors.Range("signIn.attemptsPerAddress", signIn.AttemptsPerAddress, 1, 1000, "attempts");
            errors.Range("signIn.windowMinutes", signIn.WindowMinutes, 1, MinutesOfADay, "minutes");
            errors.Range("signIn.auditDays", signIn.AuditDays, 1, 3650, "days");
        });
        return errors.List;
    }

    private static void CheckOptions(OptionSettings options, SettingsErrors errors)
    {
        errors.Defined("options.importScope", options.ImportScope);
        IfGiven("options.licenceProducts", options.LicenceProducts, errors, products =>
        {
            for (var index = 0; index < products.Count; index++)
                errors.Required($"options.licenceProducts[{index}]", products[index]);
        });
        IfGiven("options.removalLimits", options.RemovalLimits, errors, limits =>
        {
            errors.Range("options.removalLimits.deactivations", limits.Deactivations, 0, int.MaxValue, "users");
            errors.Range("options.removalLimits.deactivationsPercent", limits.DeactivationsPercent, 0, 100, "percent");
            errors.Range("options.removalLimits.roleRemovals", limits.RoleRemovals, 0, int.MaxValue, "memberships");
            errors.Range("options.removalLimits.roleRemovalsPercent", limits.RoleRemovalsPercent, 0, 100, "percent");
            errors.Range("options.removalLimits.minimumPopulation", limits.MinimumPopulation, 0, int.MaxValue, "users");
            errors.Range("options.removalLimits.approvalHours", limits.ApprovalHours, 1, HoursOfAMonth, "hours");
        });
    }

    /// <summary>Parts that overlap would be read twice.</summary>
    private static void CheckShards(IReadOnlyList<string> shards, SettingsErrors errors)
    {
        errors.Range("users.shards", shards.Count, 0, MaxShards, "beginnings");
        for (var index = 0; index < shards.Count; index++)
        {
            var field = $"users.shards[{index}]";
            if (errors.Required(field, shards[index])
                && shards.Where((other, position) => position != index && other is not null && shards[index].StartsWith(other, StringComparison.OrdinalIgnoreCase)).FirstOrDefault() is { } shorter)
                errors.Add(field, $"\"{shards[index]}\" begins with \"{shorter}\", which is a part of its own.");
        }
    }

    private static void CheckUsers(UserSettings users, SettingsErrors errors)
    {
        errors.SearchBase("users.searchBase", users.SearchBase);
        errors.Attribute("users.fullName", users.FullName, required: true);
        errors.Attribute("users.login", users.Login, required: true);
        errors.Attribute("users.userId", users.UserId, required: true);
        errors.Attribute("users.modificationDate", users.ModificationDate, required: true);
        errors.Attribute("users.email", users.Email, required: false);
        errors.Attribute("users.company", users.Company, required: false);
        errors.Attribute("users.phone", users.Phone, required: false);
        errors.Attribute("users.jobTitle", users.JobTitle, required: false);
        errors.Expression("users.activeExpression", users.ActiveExpression);
        IfGiven("users.shards", users.Shards, errors, shards => CheckShards(shards, errors));
        IfGiven("users.inactiveWhen", users.InactiveWhen, errors, inactive =>
            errors.Range("users.inactiveWhen.lockoutMinutes", inactive.LockoutMinutes, 1, MinutesOfAYear, "minutes"));
    }

    private static void CheckGroups(GroupSettings groups, SettingsErrors errors)
    {
        errors.SearchBase("groups.searchBase", groups.SearchBase);
        errors.Attribute("groups.groupName", groups.GroupName, required: true);
        errors.Attribute("groups.groupId", groups.GroupId, required: true);
        errors.Defined("groups.membership", groups.Membership);
        if (groups.Nested && groups.Membership != MembershipSource.Member)
            errors.Add("groups.nested", "Groups within groups are followed by their lists of members: set groups.membership to member, or switch this off.");
        if (groups.PrimaryGroup && groups.Membership != MembershipSource.Member)
            errors.Add("groups.primaryGroup", "Primary groups are added to the lists of members: set groups.membership to member, or switch this off.");
    }

    private static void IfGiven<T>(string field, T? value, SettingsErrors errors, Action<T> check)
        where T : class
    {
        if (value is null)
            errors.Add(field, "This part of the settings must not be null; leave it out to get its defaults.");
        else
            check(value);
    }
}
