using System.Globalization;
using LdapSync.Core.Entries;

namespace LdapSync.Core.Mapping;

/// <summary>
/// Whether an entry says of itself that its account is off for good: disabled or expired in Active Directory, locked by an administrator in
/// OpenLDAP (password policy) and 389 Directory Server. Lock-outs after wrong passwords end by themselves and deactivate nobody:
/// <c>lockoutTime</c> is not looked at, and of <c>pwdAccountLockedTime</c> only the value that means "until an administrator
/// unlocks" counts (draft-behera-ldap-password-policy, section 5.3.3). An entry without any of the attributes is enabled.
/// </summary>
internal static class AccountStatus
{
    private const string Control = "userAccountControl";
    private const string Expires = "accountExpires";
    private const string PolicyLock = "pwdAccountLockedTime";
    private const string ServerLock = "nsAccountLock";
    private const int AccountDisable = 2;

    /// <summary>The attributes to ask for; servers pass over those they do not know.</summary>
    public static IReadOnlyList<string> Attributes { get; } = [Control, Expires, PolicyLock, ServerLock];

    /// <summary>Reads the status.</summary>
    /// <param name="enabled">Whether the account is on.</param>
    /// <param name="unreadable">The attribute whose value cannot be understood, on false.</param>
    public static bool TryRead(DirectoryEntry entry, DateTimeOffset now, out bool enabled, out string unreadable)
    {
        enabled = true;
        unreadable = Control;
        if (entry.Find(Control) is not null)
        {
            if (!int.TryParse(AttributeValues.SingleText(entry, Control), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var flags))
                return false;
            enabled &= (flags & AccountDisable) == 0;
        }

        unreadable = Expires;
        if (entry.Find(Expires) is not null)
        {
            if (!WindowsFileTime.TryParse(AttributeValues.SingleText(entry, Expires) ?? "", out var expires))
                return false;
            enabled &= expires is null || expires > now;
        }

        enabled &= AttributeValues.SingleText(entry, PolicyLock) is not ("000001010000Z" or "00000101000000Z");
        enabled &= !"TRUE".Equals(AttributeValues.SingleText(entry, ServerLock), StringComparison.OrdinalIgnoreCase);
        return true;
    }
}
