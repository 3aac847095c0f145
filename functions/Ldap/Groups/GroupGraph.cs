using LdapSync.Core.Entries;
using LdapSync.Core.Mapping;

namespace LdapSync.Ldap.Groups;

/// <summary>
/// Who is in which group, from groups and users that were read once: far cheaper than a search per group. Knows <c>member</c> and <c>uniqueMember</c> (names),
/// <c>memberUid</c> (logins, RFC 2307), nested groups, which may form cycles, and Active Directory's primary group, which is not among the members.
/// One use: add all groups, then all users, then ask. Not for several threads.
/// </summary>
public sealed class GroupGraph
{
    private static readonly string[] NameAttributes = ["member", "uniqueMember"];

    private readonly Dictionary<string, Node> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> bySid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> byLogin = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The attributes that a search for groups has to ask for.</summary>
    public static IReadOnlyList<string> GroupAttributes { get; } = ["member", "uniqueMember", "memberUid", "objectSid"];

    /// <summary>The attributes that a search for users has to ask for.</summary>
    public static IReadOnlyList<string> UserAttributes { get; } = ["uid", "objectSid", "primaryGroupID"];

    /// <summary>The number of direct member values of all groups.</summary>
    public long MemberValues { get; private set; }

    public void AddGroup(DirectoryEntry group)
    {
        var node = new Node(group.DistinguishedName);
        groups[DistinguishedName.KeyOf(group.DistinguishedName)] = node;
        foreach (var name in NameAttributes)
        {
            for (var (values, index) = (group.Find(name), 0); index < values?.Values.Count; index++)
            {
                node.Names.Add(DistinguishedName.KeyOf(name == "uniqueMember" ? WithoutUid(values.Text(index)) : values.Text(index)));
            }
        }

        for (var (values, index) = (group.Find("memberUid"), 0); index < values?.Values.Count; index++)
        {
            node.Logins.Add(values.Text(index));
        }

        if (Sid(group) is { } sid)
        {
            bySid[sid] = node;
        }

        MemberValues += node.Names.Count + node.Logins.Count;
    }

    public void AddUser(DirectoryEntry user)
    {
        var key = DistinguishedName.KeyOf(user.DistinguishedName);
        users[key] = user.DistinguishedName;
        for (var (logins, index) = (user.Find("uid"), 0); index < logins?.Values.Count; index++)
        {
            byLogin[logins.Text(index)] = key;
        }

        if (user.Find("primaryGroupID") is { Values.Count: > 0 } primary && Sid(user) is { } sid
            && bySid.TryGetValue($"{sid[..sid.LastIndexOf('-')]}-{primary.Text()}", out var group))
        {
            group.Primary.Add(key);
        }
    }

    /// <summary>The distinguished names of the users in a group, each once, in no particular order; none for a group that was not added.</summary>
    /// <param name="groupName">The group's distinguished name.</param>
    /// <param name="nested">Whether members of groups within the group count.</param>
    /// <param name="primary">Whether users count whose primary group it is.</param>
    public IReadOnlyCollection<string> UsersOf(string groupName, bool nested, bool primary)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (!groups.TryGetValue(DistinguishedName.KeyOf(groupName), out var start))
        {
            return found;
        }

        var seen = new HashSet<Node> { start };
        var waiting = new Stack<Node>(seen);
        while (waiting.TryPop(out var group))
        {
            foreach (var name in primary ? group.Names.Concat(group.Primary) : group.Names)
            {
                if (users.TryGetValue(name, out var user))
                {
                    found.Add(user);
                }
                else if (nested && groups.TryGetValue(name, out var inner) && seen.Add(inner))
                {
                    waiting.Push(inner);
                }
            }

            found.UnionWith(group.Logins.Where(byLogin.ContainsKey).Select(login => users[byLogin[login]]));
        }

        return found;
    }

    /// <summary>A uniqueMember may end in <c>#'0101'B</c> (RFC 4517, section 3.3.21).</summary>
    private static string WithoutUid(string value) =>
        value.EndsWith("'B", StringComparison.Ordinal) && value.LastIndexOf("#'", StringComparison.Ordinal) is > 0 and var hash ? value[..hash] : value;

    private static string? Sid(DirectoryEntry entry) =>
        entry.Find("objectSid") is { Values: [var octets, ..] } && LdapId.FromOctets("objectSid", octets.Span) is { } sid
            && sid.StartsWith("S-", StringComparison.Ordinal) ? sid : null;

    private sealed class Node(string name)
    {
        public string Name => name;

        public List<string> Names { get; } = [];

        public List<string> Logins { get; } = [];

        public List<string> Primary { get; } = [];
    }
}
