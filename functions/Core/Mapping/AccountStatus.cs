using System.Globalization;
using LdapSync.Core.Entries;
using LdapSync.Core.Filters;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Mapping;

/// <summary>What an entry may say against its account.</summary>
public enum StatusKind
{
    /// <summary>Switched off by an administrator: <c>userAccountControl</c>, <c>nsAccountLock</c>.</summary>
    Disabled,

    /// <summary>Past its end, or before its beginning: <c>accountExpires</c>, <c>pwdEndTime</c>, <c>pwdStartTime</c>.</summary>
    Expired,

    /// <summary>Locked until an administrator unlocks it: <c>pwdAccountLockedTime</c> 000001010000Z.</summary>
    LockedByAdministrator,

    /// <summary>Locked for a while after wrong passwords: <c>msDS-User-Account-Control-Computed</c>, <c>lockoutTime</c>, <c>pwdAccountLockedTime</c>.</summary>
    LockedOut,

    /// <summary>The expression of the settings is not true of the entry.</summary>
    Expression,
}

/// <param name="Kind">What is the matter.</param>
/// <param name="Attribute">Where it stands; the expression for <see cref="StatusKind.Expression"/>.</param>
/// <param name="Counts">The settings have it deactivate the user.</param>
public sealed record StatusFinding(StatusKind Kind, string Attribute, bool Counts);

/// <summary>
/// Whether an entry says of itself that its account is off, as far as the settings count it. A lock-out after wrong passwords ends by itself and
/// deactivates nobody unless they say so: the directory refuses the password meanwhile anyway. An entry without any of the attributes is on.
/// </summary>
public sealed class AccountStatus
{
    private const string Control = "userAccountControl";
    private const string ComputedControl = "msDS-User-Account-Control-Computed";
    private const string LockoutTime = "lockoutTime";
    private const string Expires = "accountExpires";
    private const string PolicyLock = "pwdAccountLockedTime";
    private const string PolicyStart = "pwdStartTime";
    private const string PolicyEnd = "pwdEndTime";
    private const string ServerLock = "nsAccountLock";
    private const int AccountDisable = 0x2;
    private const int Lockout = 0x10;

    private readonly InactiveSettings counted;
    private readonly LdapFilter? expression;

    public AccountStatus(UserSettings users)
    {
        counted = users.InactiveWhen;
        expression = string.IsNullOrEmpty(users.ActiveExpression) ? null : LdapFilter.Parse(users.ActiveExpression);
        IReadOnlyList<string> inExpression = expression is null ? [] : [.. FilterAttributes.Of(expression)];
        string[] always = [Control, Expires, PolicyLock, ServerLock, PolicyStart, PolicyEnd];
        Attributes = [.. always, .. counted.LockedOut ? [ComputedControl, LockoutTime] : Array.Empty<string>(), .. inExpression];
        AllAttributes = [.. always, ComputedControl, LockoutTime, .. inExpression];
    }

    /// <summary>The attributes to ask for; servers pass over those they do not know.</summary>
    public IReadOnlyList<string> Attributes { get; }

    /// <summary>Also those that the settings do not count, to tell about them.</summary>
    public IReadOnlyList<string> AllAttributes { get; }

    /// <summary>Reads the status.</summary>
    /// <param name="entry">With the <see cref="Attributes"/>.</param>
    /// <param name="now">For what has a time.</param>
    /// <param name="enabled">Whether the account is on.</param>
    /// <param name="unreadable">The attribute (or the expression) that cannot be understood, on false.</param>
    public bool TryRead(DirectoryEntry entry, DateTimeOffset now, out bool enabled, out string unreadable) =>
        Look(entry, now, null, out enabled, out unreadable);

    /// <summary>All that the entry says against its account.</summary>
    /// <param name="entry">With <see cref="AllAttributes"/>.</param>
    /// <param name="now">For what has a time.</param>
    public IReadOnlyList<StatusFinding> Findings(DirectoryEntry entry, DateTimeOffset now)
    {
        var findings = new List<StatusFinding>();
        Look(entry, now, findings, out _, out _);
        return findings;
    }

    private bool Look(DirectoryEntry entry, DateTimeOffset now, List<StatusFinding>? findings, out bool enabled, out string unreadable)
    {
        enabled = true;
        unreadable = "";
        var on = true;
        if (!TryFlags(entry, Control, AccountDisable, out var disabled))
        {
            unreadable = Control;
            return false;
        }

        if (!TryExpired(entry, now, out var expiry, out unreadable) || !TryLockedOut(entry, now, out var lockout, out unreadable))
            return false;
        Found(disabled, StatusKind.Disabled, Control, counted.Disabled);
        Found("TRUE".Equals(AttributeValues.SingleText(entry, ServerLock), StringComparison.OrdinalIgnoreCase), StatusKind.Disabled, ServerLock, counted.Disabled);
        Found(expiry is not null, StatusKind.Expired, expiry, counted.Expired);
        Found(IsForGood(AttributeValues.SingleText(entry, PolicyLock)), StatusKind.LockedByAdministrator, PolicyLock, counted.LockedByAdministrator);
        Found(lockout is not null, StatusKind.LockedOut, lockout, counted.LockedOut);
        if (expression is not null)
        {
            if (FilterEvaluator.Evaluate(expression, entry) is not { } holds)
            {
                unreadable = "users.activeExpression";
                return false;
            }

            Found(!holds, StatusKind.Expression, "users.activeExpression", counts: true);
        }

        enabled = on;
        return true;

        void Found(bool condition, StatusKind kind, string? attribute, bool counts)
        {
            if (condition)
            {
                on &= !counts;
                findings?.Add(new StatusFinding(kind, attribute!, counts));
            }
        }
    }

    private static bool TryFlags(DirectoryEntry entry, string attribute, int flag, out bool isSet)
    {
        isSet = false;
        if (entry.Find(attribute) is null)
            return true;
        if (!int.TryParse(AttributeValues.SingleText(entry, attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var flags))
            return false;
        isSet = (flags & flag) != 0;
        return true;
    }

    private bool TryExpired(DirectoryEntry entry, DateTimeOffset now, out string? attribute, out string unreadable)
    {
        attribute = null;
        unreadable = Expires;
        if (entry.Find(Expires) is not null)
        {
            if (!WindowsFileTime.TryParse(AttributeValues.SingleText(entry, Expires) ?? "", out var expires))
                return false;
            if (expires <= now)
                attribute = Expires;
        }

        foreach (var name in (ReadOnlySpan<string>)[PolicyStart, PolicyEnd])
        {
            unreadable = name;
            if (AttributeValues.SingleText(entry, name) is not { } text)
                continue;
            if (!GeneralizedTime.TryParse(text, out var time))
                return !counted.Expired;
            if (name == PolicyEnd ? time <= now : time > now)
                attribute ??= name;
        }

        return true;
    }

    /// <summary>
    /// A domain controller computes the lock-out from its policies, fine-grained ones too; where it does not, and in other directories, the time of
    /// the lock stays in the entry after its end, so that only <see cref="InactiveSettings.LockoutMinutes"/> tells how long it lasts.
    /// </summary>
    private bool TryLockedOut(DirectoryEntry entry, DateTimeOffset now, out string? attribute, out string unreadable)
    {
        attribute = null;
        unreadable = ComputedControl;
        if (entry.Find(ComputedControl) is not null)
        {
            if (!TryFlags(entry, ComputedControl, Lockout, out var locked))
                return !counted.LockedOut;
            attribute = locked ? ComputedControl : null;
            return true;
        }

        unreadable = LockoutTime;
        if (AttributeValues.SingleText(entry, LockoutTime) is { } since)
        {
            if (!WindowsFileTime.TryParse(since, out var time))
                return !counted.LockedOut;
            if (time is { } started && Lasts(started, now))
                attribute = LockoutTime;
        }

        unreadable = PolicyLock;
        if (AttributeValues.SingleText(entry, PolicyLock) is { } policy && !IsForGood(policy))
        {
            if (!GeneralizedTime.TryParse(policy, out var started))
                return !counted.LockedOut;
            if (Lasts(started, now))
                attribute = PolicyLock;
        }

        return true;
    }

    private bool Lasts(DateTimeOffset started, DateTimeOffset now) =>
        counted.LockoutMinutes is not { } minutes || now - started < TimeSpan.FromMinutes(minutes);

    /// <summary>The value that means "until an administrator unlocks" (draft-behera-ldap-password-policy, section 5.3.3).</summary>
    private static bool IsForGood(string? lockedTime) => lockedTime is "000001010000Z" or "00000101000000Z";
}
