using System.Globalization;
using LdapSync.TestBed;

namespace LdapSync.SyncBench;

/// <summary>
/// A made-up directory that can be written again as it is some changes later. Each generation changes 1 % of the users, adds 0.5 %, takes away
/// 0.5 %, and moves 1 % of the memberships.
/// </summary>
internal sealed class BenchDirectory(BenchOptions options)
{
    private const int Hundred = 100;

    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly string[] FirstNames = "Anna Ben Chloe David Emma Felix Grace Hugo Ines Jan Karin Luca Mia Noah Olga Paul".Split(' ');

    private static readonly string[] LastNames = "Adler Becker Costa Dupont Evans Fischer Garcia Huber Ivanov Jensen Keller Novak Olsen Weber".Split(' ');

    public static IReadOnlyList<string> Titles { get; } = ["Engineer", "Senior Engineer", "Analyst", "Manager", "Director", "Nurse", "Consultant"];

    public static IReadOnlyList<string> Companies { get; } = ["Example Corp", "Example Health", "Example Labs", "Example Energy"];

    /// <summary>Without the one of everybody: about two memberships for each user.</summary>
    private int GroupSize => options.Groups < 2 ? 0 : Math.Clamp(2 * options.Users / options.Groups, 5, 20_000);

    public static string GroupId(int group) => Id(2, group);

    public static string GroupName(int group) => $"group{group:D5}";

    public void Write(TextWriter output, int generation)
    {
        var people = options.Users + (options.Users / (2 * Hundred) * generation);
        var groupsOf = new List<int>?[people];
        var members = Enumerable.Range(0, options.Groups).Select(group => Members(group, generation, people)).ToList();
        for (var group = 0; group < members.Count; group++)
        {
            foreach (var member in members[group])
            {
                (groupsOf[member] ??= []).Add(group);
            }
        }

        foreach (var unit in (string[])["people", "groups"])
        {
            output.Write($"dn: ou={unit},{Slapd.Suffix}\nobjectClass: organizationalUnit\nou: {unit}\n\n");
        }

        for (var user = 0; user < people; user++)
        {
            if (!HasLeft(user, generation))
            {
                WritePerson(output, user, generation, groupsOf[user] ?? []);
            }
        }

        for (var group = 0; group < members.Count; group++)
        {
            output.Write($"dn: {Name(group)}\nobjectClass: groupOfNames\nentryUUID: {GroupId(group)}\ncn: {GroupName(group)}\n");
            foreach (var member in members[group])
            {
                output.Write($"member: {PersonName(member)}\n");
            }

            output.Write('\n');
        }
    }

    public static string PersonName(int user) => string.Create(CultureInfo.InvariantCulture, $"uid=u{user:D7},ou=people,{Slapd.Suffix}");

    /// <summary>Users whom no generation takes away.</summary>
    public static IEnumerable<int> Staying() => Enumerable.Range(1, int.MaxValue - 1).Where(user => user % (2 * Hundred) is < 20 or >= 20 + Hundred);

    private static string Name(int group) => $"cn={GroupName(group)},ou=groups,{Slapd.Suffix}";

    private static string Id(int kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind:x8}-0000-8000-8000-{number:x12}");

    /// <summary>A two hundredth in each generation; who joined after the first one stays.</summary>
    private bool HasLeft(int user, int generation) => user < options.Users && user % (2 * Hundred) is var slot && slot >= 20 && slot < 20 + generation;

    /// <summary>The latest generation that changed the user; 0: none.</summary>
    private static int ChangedIn(int user, int generation) => user % Hundred is var slot && slot >= 50 && slot < 50 + generation ? slot - 49 : 0;

    private List<int> Members(int group, int generation, int people)
    {
        if (group == 0 && options.Everybody)
        {
            return [.. Enumerable.Range(0, people).Where(user => !HasLeft(user, generation))];
        }

        var members = new SortedSet<int>();
        for (var place = 0; place < GroupSize; place++)
        {
            // Large primes spread the members; in each generation one more place in a hundred is somebody else's, and stays his.
            var moved = place % Hundred < generation ? 7L : 0;
            var member = (int)(((group * 15_485_863L) + (place * 32_452_843L) + moved) % options.Users);
            if (!HasLeft(member, generation))
            {
                members.Add(member);
            }
        }

        return [.. members];
    }

    private static void WritePerson(TextWriter output, int user, int generation, List<int> groups)
    {
        var (first, last) = (FirstNames[user % FirstNames.Length], LastNames[user / 7 % LastNames.Length]);
        var changed = ChangedIn(user, generation);

        // Before any change the dates are spread over a year, as they are where people come and go.
        var modified = changed > 0 ? Start + TimeSpan.FromHours(changed) : Start - TimeSpan.FromSeconds(user * 7919L % (365 * 24 * 3600));
        var time = modified.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        output.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"""
             dn: {PersonName(user)}
             objectClass: inetOrgPerson
             entryUUID: {Id(1, user)}
             entryCSN: {time}.{user % 1_000_000:D6}Z#000000#000#000000
             modifyTimestamp: {time}Z
             uid: u{user:D7}
             cn: {first} {last} {user}
             sn: {last}
             givenName: {first}
             displayName: {last}, {first}
             mail: u{user:D7}@example.test
             telephoneNumber: +41 44 {100 + (user % 900)} {changed:D2} 00
             title: {Titles[user % Titles.Count]}
             o: {Companies[user % Companies.Count]}
             employeeNumber: {100_000 + user}
             departmentNumber: {user % 400}
             l: Bern

             """));
        foreach (var group in groups)
        {
            output.Write($"memberOf: {Name(group)}\n");
        }

        output.Write('\n');
    }
}
