using LdapSync.Core.Records;

namespace LdapSync.Core.Settings;

/// <summary>All that an administrator sets for one directory (rules S1 to S4). The password is not part of it: it lives in the secret store.</summary>
public sealed record DirectorySettings
{
    public ConnectionSettings Connection { get; init; } = new();

    public ScheduleSettings Schedule { get; init; } = new();

    public OptionSettings Options { get; init; } = new();

    public UserSettings Users { get; init; } = new();

    public GroupSettings Groups { get; init; } = new();

    public FilterSettings Filters { get; init; } = new();

    public NotificationSettings Notifications { get; init; } = new();

    public SignInSettings SignIn { get; init; } = new();

    /// <summary>
    /// Whether a run with the other settings finds and maps the same: what it has read needs not be read again. In how many parts users are read
    /// (<see cref="UserSettings.Shards"/>, a list, which records compare by reference) changes nothing about that.
    /// </summary>
    public bool ReadsLike(DirectorySettings other) =>
        Users == other.Users with { Shards = Users.Shards } && Groups == other.Groups && Filters == other.Filters;
}

/// <summary>When a directory is synchronized by itself.</summary>
public sealed record ScheduleSettings
{
    /// <summary>Hours between two runs; 0: only by hand.</summary>
    public int IntervalHours { get; init; } = 1;

    /// <summary>How runs that start by themselves read the directory. <em>delta</em> where the server and the other settings allow it, else <em>changed</em>.</summary>
    public RunMode Mode { get; init; } = RunMode.Delta;

    /// <summary>A run that starts by itself is a full one when the last of those is so many hours ago; 0: never.</summary>
    public int FullRunHours { get; init; } = 24;

    public bool Paused { get; init; }

    /// <summary>How a run reads that starts by itself.</summary>
    /// <param name="lastFullRun">When the last full run succeeded; null: never.</param>
    /// <param name="now">The time.</param>
    public RunMode ModeAt(DateTimeOffset? lastFullRun, DateTimeOffset now) =>
        FullRunHours > 0 && (lastFullRun is not { } last || now - last >= TimeSpan.FromHours(FullRunHours)) ? RunMode.Full : Mode;
}

/// <summary>Which users become records.</summary>
public enum ImportScope
{
    /// <summary>Active users who are in a linked group.</summary>
    LinkedGroups,

    /// <summary>All active users of the users filter.</summary>
    All,
}

public sealed record OptionSettings
{
    /// <summary>Rules R4 and R5: whether membership in linked groups decides who is active.</summary>
    public bool SynchronizeOnlyGroups { get; init; }

    /// <summary>Rule L1.</summary>
    public bool GrantLicences { get; init; } = true;

    /// <summary>Rule L3: the licence of a user who is deactivated goes back.</summary>
    public bool ReclaimLicences { get; init; } = true;

    /// <summary>Ids of the products to look after; empty: all.</summary>
    public IReadOnlyList<string> LicenceProducts { get; init; } = [];

    public bool ImportNewUsers { get; init; } = true;

    public ImportScope ImportScope { get; init; }

    public RemovalLimits RemovalLimits { get; init; } = new();
}

/// <summary>Rule G2: more removals than this in one run wait for a person.</summary>
public sealed record RemovalLimits
{
    /// <summary>Deactivations per run; null: no such limit.</summary>
    public int? Deactivations { get; init; } = 50;

    /// <summary>Deactivations per run in percent of the active linked users; null: no such limit.</summary>
    public int? DeactivationsPercent { get; init; } = 10;

    /// <summary>Role removals per run; null: no such limit.</summary>
    public int? RoleRemovals { get; init; } = 200;

    /// <summary>Role removals per run in percent of the memberships from the directory; null: no such limit.</summary>
    public int? RoleRemovalsPercent { get; init; } = 10;

    /// <summary>The limits apply above this many active linked users (or memberships).</summary>
    public int MinimumPopulation { get; init; } = 20;

    /// <summary>Hours to wait for approval, then the run ends as rejected.</summary>
    public int ApprovalHours { get; init; } = 24;
}

/// <summary>Where users are and which attributes mean what.</summary>
public sealed record UserSettings
{
    public string SearchBase { get; init; } = "";

    public string FullName { get; init; } = "";

    public string Login { get; init; } = "";

    public string UserId { get; init; } = "";

    public string ModificationDate { get; init; } = "";

    /// <summary>Optional, like the three that follow: empty leaves the field alone.</summary>
    public string Email { get; init; } = "";

    public string Company { get; init; } = "";

    public string Phone { get; init; } = "";

    public string JobTitle { get; init; } = "";

    public InactiveSettings InactiveWhen { get; init; } = new();

    /// <summary>A filter (RFC 4515) that is evaluated over each entry: an account is active only where it is true. Empty: no such condition.</summary>
    public string ActiveExpression { get; init; } = "";

    /// <summary>
    /// Beginnings of the login, none of which begins with another: full runs read users in as many parts on several connections, and one more part for
    /// everybody else. The server has to index the login for substrings. Empty: one search.
    /// </summary>
    public IReadOnlyList<string> Shards { get; init; } = [];
}

/// <summary>What an entry may say that makes its user inactive (U3), beside not being found.</summary>
public sealed record InactiveSettings
{
    /// <summary>Active Directory's <c>userAccountControl</c> bit 2; <c>nsAccountLock</c> of 389 Directory Server.</summary>
    public bool Disabled { get; init; } = true;

    /// <summary><c>accountExpires</c> is past; <c>pwdEndTime</c> is past or <c>pwdStartTime</c> to come.</summary>
    public bool Expired { get; init; } = true;

    /// <summary>OpenLDAP's <c>pwdAccountLockedTime</c> with the value that has no end.</summary>
    public bool LockedByAdministrator { get; init; } = true;

    /// <summary>Locked for a while after wrong passwords. Off: the directory refuses the password meanwhile, and that is enough.</summary>
    public bool LockedOut { get; init; }

    /// <summary>Minutes that a lock-out lasts where the directory does not compute that itself, 1 to 525600; null: until it is taken out of the entry.</summary>
    public int? LockoutMinutes { get; init; }
}

/// <summary>Where it is read who is in a group.</summary>
public enum MembershipSource
{
    /// <summary>A search for users for each linked group, by the group-users filter.</summary>
    Filter,

    /// <summary>The names in <c>member</c> and <c>uniqueMember</c> of the groups.</summary>
    Member,

    /// <summary>The logins in <c>memberUid</c> of the groups (posixGroup, RFC 2307).</summary>
    MemberUid,
}

/// <summary>Where groups are and which attributes mean what.</summary>
public sealed record GroupSettings
{
    public string SearchBase { get; init; } = "";

    public string GroupName { get; init; } = "";

    public string GroupId { get; init; } = "";

    public MembershipSource Membership { get; init; }

    /// <summary>Rule R9: members of groups within a group count. Needs <see cref="MembershipSource.Member"/>.</summary>
    public bool Nested { get; init; }

    /// <summary>Rule R9: Active Directory's primary group counts, which is in no list of members. Needs <see cref="MembershipSource.Member"/>.</summary>
    public bool PrimaryGroup { get; init; }
}

/// <summary>Search filters in string form (RFC 4515).</summary>
public sealed record FilterSettings
{
    public string Users { get; init; } = "";

    public string Groups { get; init; } = "";

    /// <summary>With the macros <c>[#LDAPGroupDN#]</c>, <c>[#LDAPGroupName#]</c>, <c>[#LDAPGroupIdentity#]</c>.</summary>
    public string GroupUsers { get; init; } = "";
}
