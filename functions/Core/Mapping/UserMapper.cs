using System.Diagnostics.CodeAnalysis;
using LdapSync.Core.Entries;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Mapping;

/// <summary>
/// Turns directory entries into users as the settings map them (rule U8). An entry with a problem in any field, required or optional,
/// is not mapped: half a user is worse than last run's user.
/// </summary>
public sealed class UserMapper(DirectorySettings settings)
{
    private readonly UserSettings fields = settings.Users;
    private readonly AccountStatus status = new(settings.Users);

    /// <summary>The attributes to ask for, those of the account's status among them.</summary>
    public IReadOnlyList<string> Attributes { get; } =
    [
        .. new[]
        {
            settings.Users.UserId, settings.Users.Login, settings.Users.FullName, settings.Users.ModificationDate,
            settings.Users.Email, settings.Users.Company, settings.Users.Phone, settings.Users.JobTitle,
        }.Concat(new AccountStatus(settings.Users).Attributes).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>Maps one entry.</summary>
    /// <param name="entry">With the <see cref="Attributes"/>.</param>
    /// <param name="now">Accounts that expired before are not enabled.</param>
    /// <param name="user">On true.</param>
    /// <param name="problem">On false: the first one, in the order id, login, full name, modification date, the others.</param>
    public bool TryMap(
        DirectoryEntry entry, DateTimeOffset now, [NotNullWhen(true)] out MappedUser? user, [NotNullWhen(false)] out EntryProblem? problem)
    {
        var read = new EntryFields(entry);
        var id = read.Id("users.userId", fields.UserId);
        var idIsKnown = read.Problem is null;
        user = new MappedUser(
            id,
            entry.DistinguishedName,
            read.Required("users.login", fields.Login),
            read.Required("users.fullName", fields.FullName),
            read.Time("users.modificationDate", fields.ModificationDate),
            read.Optional("users.email", fields.Email)?.Trim(),
            read.Optional("users.company", fields.Company),
            read.Optional("users.phone", fields.Phone)?.Trim(),
            read.Optional("users.jobTitle", fields.JobTitle),
            read.Enabled(status, now));
        problem = read.Problem is null || !idIsKnown ? read.Problem : read.Problem with { LdapId = id };
        if (problem is not null)
            user = null;
        return problem is null;
    }

    /// <summary>The attributes to ask for where only existence matters, and whether anything else may have changed.</summary>
    public IReadOnlyList<string> PresenceAttributes { get; } =
    [
        .. new AccountStatus(settings.Users).Attributes.Prepend(settings.Users.ModificationDate).Prepend(settings.Users.UserId)
            .Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>Whether an entry was modified at that time or later; one whose date is missing or unreadable counts as modified.</summary>
    /// <param name="entry">With the <see cref="PresenceAttributes"/>.</param>
    /// <param name="since">Compared in whole seconds: directories keep no fractions of them.</param>
    public bool MayHaveChanged(DirectoryEntry entry, DateTimeOffset since) =>
        AttributeValues.Single(entry, fields.ModificationDate) is not { } value
        || !GeneralizedTime.TryParse(AttributeValues.PrintableText(value.Span), out var time)
        || time >= since.AddTicks(-(since.Ticks % TimeSpan.TicksPerSecond));

    /// <summary>Who an entry is and whether its account is on; an unreadable status counts as on, so that nobody is deactivated for it.</summary>
    /// <param name="entry">With the <see cref="PresenceAttributes"/>.</param>
    /// <param name="now">Accounts that expired before are not enabled.</param>
    /// <param name="ldapId">On true.</param>
    /// <param name="enabled">On true.</param>
    public bool TryReadPresence(DirectoryEntry entry, DateTimeOffset now, [NotNullWhen(true)] out string? ldapId, out bool enabled)
    {
        enabled = !status.TryRead(entry, now, out var on, out _) || on;
        return LdapId.TryRead(entry, fields.UserId, out ldapId);
    }
}
