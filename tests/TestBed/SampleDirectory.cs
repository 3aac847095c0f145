using System.Globalization;
using System.Text;

namespace LdapSync.TestBed;

/// <summary>Made-up people and groups in LDIF for a <see cref="Slapd"/>: the same for the same numbers.</summary>
public static class SampleDirectory
{
    private static readonly string[] FirstNames =
        "Anna Ben Chloe David Emma Felix Grace Hugo Ines Jan Karin Luca Mia Noah Olga Paul Jürgen Søren Łukasz Zoë José".Split(' ');

    private static readonly string[] LastNames =
        "Adler Becker Costa Dupont Evans Fischer Garcia Huber Ivanov Jensen Keller Müller Novak Olsen Weber Åberg O'Brien".Split(' ');

    private static readonly string[] Titles = ["Engineer", "Senior Engineer", "Analyst", "Manager", "Director", "Nurse", "Consultant"];

    private static readonly string[] Companies = ["Example Corp", "Example Health", "Example Labs", "Example Energy"];

    public static string PersonName(int index) => $"uid=u{index:D7},ou=people,{Slapd.Suffix}";

    public static string GroupName(int index) => $"cn=group{index:D5},ou=groups,{Slapd.Suffix}";

    /// <summary>
    /// Writes <c>ou=people</c> with 12 attributes per person and <c>ou=groups</c> with groupOfNames: group 0 has everybody, every tenth group
    /// after it nests its predecessor. memberOf is left to <paramref name="withMemberOf"/>, for slapadd runs no overlays.
    /// </summary>
    public static void Write(TextWriter writer, int people, int groups, bool withMemberOf = true)
    {
        var random = new Random(42);
        var members = Enumerable.Range(0, groups).Select(group => Members(random, group, people)).ToList();
        var memberOf = Enumerable.Range(0, people).Select(_ => new List<int>()).ToList();
        for (var group = 0; withMemberOf && group < groups; group++)
        {
            foreach (var member in members[group])
            {
                memberOf[member].Add(group);
            }
        }

        foreach (var unit in (string[])["people", "groups"])
        {
            writer.Write($"dn: ou={unit},{Slapd.Suffix}\nobjectClass: organizationalUnit\nou: {unit}\n\n");
        }

        for (var index = 0; index < people; index++)
        {
            WritePerson(writer, random, index, memberOf[index]);
        }

        for (var group = 0; group < groups; group++)
        {
            WriteGroup(writer, group, members[group], groups);
        }
    }

    private static void WritePerson(TextWriter writer, Random random, int index, List<int> memberOf)
    {
        var (first, last) = (Pick(random, FirstNames), Pick(random, LastNames));
        var login = $"u{index:D7}";
        writer.Write($"dn: {PersonName(index)}\nobjectClass: inetOrgPerson\nuid: {login}\n");
        WriteText(writer, "cn", $"{first} {last} {index}");
        WriteText(writer, "sn", last);
        WriteText(writer, "givenName", first);
        WriteText(writer, "displayName", $"{last}, {first}");
        writer.Write($"mail: {login}@example.test\n");
        writer.Write(string.Create(
            CultureInfo.InvariantCulture, $"telephoneNumber: +41 44 {random.Next(100, 999)} {random.Next(10, 99)} {random.Next(10, 99)}\n"));
        writer.Write($"title: {Pick(random, Titles)}\no: {Pick(random, Companies)}\nemployeeNumber: {100000 + index}\n");
        writer.Write($"departmentNumber: {random.Next(1, 400)}\nl: Bern\n");
        if (index > 0)
        {
            writer.Write($"manager: {PersonName(index / 12)}\n");
        }

        foreach (var group in memberOf)
        {
            writer.Write($"memberOf: {GroupName(group)}\n");
        }

        writer.Write('\n');
    }

    private static void WriteGroup(TextWriter writer, int group, IEnumerable<int> members, int groups)
    {
        writer.Write($"dn: {GroupName(group)}\nobjectClass: groupOfNames\ncn: group{group:D5}\ndescription: Test group {group}\n");
        foreach (var member in members)
        {
            writer.Write($"member: {PersonName(member)}\n");
        }

        if (group > 0 && group % 10 == 0)
        {
            writer.Write($"member: {GroupName(group - 1)}\n");
        }

        if (group % 10 == 9 && group + 1 < groups)
        {
            writer.Write($"memberOf: {GroupName(group + 1)}\n");
        }

        writer.Write('\n');
    }

    private static IReadOnlyCollection<int> Members(Random random, int group, int people)
    {
        if (group == 0)
        {
            return [.. Enumerable.Range(0, people)];
        }

        var members = new SortedSet<int>();
        for (var wanted = Math.Min(people, random.Next(5, 200)); members.Count < wanted;)
        {
            members.Add(random.Next(people));
        }

        return members;
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static void WriteText(TextWriter writer, string attribute, string value) => writer.Write(Ascii.IsValid(value)
        ? $"{attribute}: {value}\n"
        : $"{attribute}:: {Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}\n");
}
