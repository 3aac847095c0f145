using System.Globalization;
using LdapSync.Core.Records;

namespace LdapSync.App.Sync;

/// <summary>Names of the sections of staged segments.</summary>
internal static class Sections
{
    public const string Notes = "n";
    public const string Roles = "r";
    public const string Renames = "k";
    public const string NeedAttributes = "x";
    public const string Refused = "f";

    /// <summary>Users whose operations were left out when they were applied.</summary>
    public const string LeftOut = "l";

    public const string Collisions = "o";
    public const string LicenceState = "v";

    private const string Users = "u/";
    private const string Presence = "p/";
    private const string Unmapped = "q/";
    private const string Memberships = "g/";
    private const string Members = "m/";
    private const string Claims = "c/";
    private const string Assign = "a/";
    private const string Release = "z/";
    private const string State = "s/";
    private const string Touched = "t/";
    private const string Names = "d/";
    private const string MemberValues = "v/";
    private const string Licences = "l/";

    // Asked for with every record that is staged.
    private static readonly string[] UsersNames = ByBucket(Users);
    private static readonly string[] PresenceNames = ByBucket(Presence);
    private static readonly string[] UnmappedNames = ByBucket(Unmapped);
    private static readonly string[] MembershipsNames = ByBucket(Memberships);
    private static readonly string[] ClaimsNames = ByBucket(Claims);
    private static readonly string[] AssignNames = ByBucket(Assign);
    private static readonly string[] ReleaseNames = ByBucket(Release);
    private static readonly string[] StateNames = ByBucket(State);

    public static string UsersOf(int bucket) => UsersNames[bucket];

    public static string PresenceOf(int bucket) => PresenceNames[bucket];

    public static string UnmappedOf(int bucket) => UnmappedNames[bucket];

    public static string MembershipsOf(int bucket) => MembershipsNames[bucket];

    /// <summary>Mode <em>delta</em>: ids that were looked at.</summary>
    public static string TouchedOf(int bucket) => Touched + Buckets.Key(bucket);

    /// <summary>The list of members of a group, as it is kept.</summary>
    public static string ListOf(int group) => string.Create(CultureInfo.InvariantCulture, $"l/{group}");

    /// <summary>By what lists of members mean users, in buckets of keys.</summary>
    public static string NamesOf(int bucket) => Names + Buckets.Key(bucket);

    /// <summary>Values of lists of members, in buckets of keys.</summary>
    public static string MemberValuesOf(int bucket) => MemberValues + Buckets.Key(bucket);

    public static string MembersOf(string roleId) => Members + roleId;

    public static string ClaimsOf(int loginBucket) => ClaimsNames[loginBucket];

    public static string AssignOf(int loginBucket) => AssignNames[loginBucket];

    public static string ReleaseOf(int loginBucket) => ReleaseNames[loginBucket];

    public static string StateOf(int bucket) => StateNames[bucket];

    public static string LicencesOf(string productId) => Licences + productId;

    public static bool IsLicences(string section) => section.StartsWith(Licences, StringComparison.Ordinal);

    public static bool IsUsers(string section) => section.StartsWith(Users, StringComparison.Ordinal);

    public static bool IsMembers(string section) => section.StartsWith(Members, StringComparison.Ordinal);

    /// <summary>The role of a section of memberships.</summary>
    public static string RoleOf(string section) => section[Members.Length..];

    public static bool IsClaims(string section) => section.StartsWith(Claims, StringComparison.Ordinal);

    public static bool IsState(string section) => section.StartsWith(State, StringComparison.Ordinal);

    /// <summary>Sections of one kind whose bucket is in a range.</summary>
    public static Predicate<string> InRange(Func<int, string> sectionOf, int first, int last)
    {
        var prefix = sectionOf(0)[..^2];
        return section => section.Length == prefix.Length + 2
            && section.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(section.AsSpan(prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bucket)
            && bucket >= first
            && bucket <= last;
    }

    /// <summary>The bucket that the name of a section ends with.</summary>
    public static int BucketOf(string section) => int.Parse(section.AsSpan(section.Length - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string[] ByBucket(string prefix) => [.. Enumerable.Range(0, Buckets.Count).Select(bucket => prefix + Buckets.Key(bucket))];
}
