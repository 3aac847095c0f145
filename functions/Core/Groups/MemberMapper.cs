using LdapSync.Core.Entries;
using LdapSync.Core.Filters;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Groups;

/// <summary>Reads who is in which group from the entries of groups and users, as the settings say (rule R9). Not for <see cref="MembershipSource.Filter"/>.</summary>
public sealed class MemberMapper(DirectorySettings settings)
{
    private const string AnyGroup = "(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)";
    private const string Login = "uid";
    private const string Sid = "objectSid";
    private const string Primary = "primaryGroupID";

    // caseIgnoreIA5Match (RFC 4517): memberUid itself is compared with case (RFC 2307, section 3), which is not how logins are compared here.
    private const string WithoutCase = "1.3.6.1.4.1.1466.109.114.2";

    private static readonly string[] NameAttributes = ["member", "uniqueMember"];

    private readonly GroupSettings groups = settings.Groups;

    private string[] MemberAttributes => groups.Membership == MembershipSource.MemberUid ? ["memberUid"] : NameAttributes;

    /// <summary>What to ask for of a group.</summary>
    public IReadOnlyList<string> GroupAttributes =>
        [settings.Groups.GroupId, "objectClass", .. groups.PrimaryGroup ? [Sid] : Array.Empty<string>(), .. MemberAttributes];

    /// <summary>What to ask for of a user, beside what is mapped.</summary>
    public IReadOnlyList<string> UserAttributes =>
        groups.Membership == MembershipSource.MemberUid ? [Login] : groups.PrimaryGroup ? [Sid, Primary] : [];

    /// <summary>Groups that may be within groups: also such as the groups filter does not find.</summary>
    public string NestedFilter => $"(|{settings.Filters.Groups}{AnyGroup})";

    /// <summary>The filter for the groups that have this user, whose keys come from <see cref="UserKeys"/>, as a direct member.</summary>
    public string GroupsOf(DirectoryEntry user) => $"(|{string.Concat(ConditionsOf(user))})";

    /// <summary>The conditions that a value of a list of members fulfils which means this user.</summary>
    public IEnumerable<string> ConditionsOf(DirectoryEntry user)
    {
        var (values, match) = groups.Membership == MembershipSource.MemberUid
            ? (Texts(user, Login), $":{WithoutCase}:=")
            : ([user.DistinguishedName], "=");
        return values.SelectMany(value => MemberAttributes.Select(attribute => $"({attribute}{match}{FilterEscape.Escape(value)})"));
    }

    /// <summary>
    /// Whether a search by <see cref="ConditionsOf"/> finds every group of a user. By logins without case that is known of OpenLDAP alone: a server that
    /// has not the matching rule takes the condition for undefined (RFC 4511, section 4.5.1.7), and finds none.
    /// </summary>
    public bool FindsGroups(DirectoryKind kind) => groups.Membership != MembershipSource.MemberUid || kind == DirectoryKind.OpenLdap;

    /// <summary>The condition for the users that a value of <c>memberUid</c> means.</summary>
    public static string LoginFilter(string login) => $"({Login}={FilterEscape.Escape(login.Trim())})";

    public IEnumerable<MemberValue> MembersOf(DirectoryEntry group)
    {
        foreach (var attribute in MemberAttributes)
        {
            foreach (var text in Texts(group, attribute))
            {
                yield return new MemberValue(groups.Membership == MembershipSource.MemberUid ? MemberKey.OfLogin(text) : MemberKey.OfName(text), text);
            }
        }
    }

    /// <summary>
    /// Whether a group without a value is empty. A <c>groupOfNames</c> never is (RFC 4519, section 3.5), and what is no <c>posixGroup</c> has no
    /// <c>memberUid</c>: there the account may not read the members, or they are elsewhere.
    /// </summary>
    public bool MayBeEmpty(DirectoryEntry group, DirectoryKind kind)
    {
        var classes = Texts(group, "objectClass").ToHashSet(StringComparer.OrdinalIgnoreCase);
        return groups.Membership == MembershipSource.MemberUid
            ? classes.Contains("posixGroup")
            : kind != DirectoryKind.OpenLdap || !(classes.Contains("groupOfNames") || classes.Contains("groupOfUniqueNames") || classes.Contains("posixGroup"));
    }

    /// <summary>A group's SID, by which users name their primary group; null where that does not matter.</summary>
    public string? SidOf(DirectoryEntry group) => groups.PrimaryGroup ? ReadSid(group) : null;

    /// <summary>By what lists of members mean this user.</summary>
    public IEnumerable<UInt128> UserKeys(DirectoryEntry user) =>
        groups.Membership == MembershipSource.MemberUid ? Texts(user, Login).Select(MemberKey.OfLogin) : [MemberKey.OfName(user.DistinguishedName)];

    /// <summary>The SID of a user's primary group: the user's domain and the group's number.</summary>
    public string? PrimaryGroupOf(DirectoryEntry user) =>
        groups.PrimaryGroup && ReadSid(user) is { } sid && user.Find(Primary) is { Values.Count: > 0 } number
            ? $"{sid[..sid.LastIndexOf('-')]}-{number.Text()}"
            : null;

    private static string? ReadSid(DirectoryEntry entry) =>
        entry.Find(Sid) is { Values: [var octets, ..] } && LdapId.FromOctets(Sid, octets.Span) is { } sid && sid.StartsWith("S-", StringComparison.Ordinal) ? sid : null;

    private static IEnumerable<string> Texts(DirectoryEntry entry, string name)
    {
        for (var (attribute, index) = (entry.Find(name), 0); index < attribute?.Values.Count; index++)
        {
            yield return attribute.Text(index);
        }
    }
}
