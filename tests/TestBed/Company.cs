using System.Buffers.Binary;

namespace LdapSync.TestBed;

/// <summary>
/// A made-up company: people in departments, and groups of them. The same arguments make the same company, down to the entries' ids.
/// <see cref="CompanyLdif"/> writes it for OpenLDAP.
/// </summary>
/// <remarks>
/// Names hold umlauts, other scripts and every character that needs an escape in a distinguished name or a filter. Person 0 and the
/// fourteen after have the strangest names; see <see cref="CompanyNames.Unusual"/>. One person is <see cref="CompanyPerson.Disabled"/>.
/// </remarks>
public sealed class Company
{
    public const string PeopleBase = $"ou=people,{Slapd.Suffix}";
    public const string GroupsBase = $"ou=groups,{Slapd.Suffix}";

    private readonly Random random;
    private readonly int seed;
    private readonly CompanyPerson[] people;
    private readonly List<CompanyGroup> groups = [];

    private Company(int peopleCount, int groupCount, int seed)
    {
        this.seed = seed;
        random = new Random(seed);
        people = Hire(peopleCount);
        Gather(groupCount);
    }

    public IReadOnlyList<CompanyPerson> People => people;

    /// <summary>First the one with everybody, then the departments', then the projects'.</summary>
    public IReadOnlyList<CompanyGroup> Groups => groups;

    public static IReadOnlyList<CompanyDepartment> Departments => CompanyNames.Departments;

    /// <summary>The group of all people, the disabled one included.</summary>
    public CompanyGroup Everybody => groups[0];

    /// <summary>The group that holds three projects' groups beside its own members.</summary>
    public CompanyGroup Nested => groups.First(group => group.Groups.Count > 0);

    /// <summary>The one person whom the directory does not let in.</summary>
    public CompanyPerson Disabled => people.First(person => person.Disabled);

    /// <param name="people">At least 20.</param>
    /// <param name="groups">At least 1.</param>
    /// <param name="seed">Another seed makes another company.</param>
    public static Company Create(int people = 2000, int groups = 60, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(people, 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        return new(people, groups, seed);
    }

    /// <summary>The group of a department.</summary>
    public CompanyGroup GroupOf(CompanyDepartment department) => Group(department.Name);

    /// <exception cref="KeyNotFoundException">There is no such group.</exception>
    public CompanyGroup Group(string name) =>
        groups.Find(group => group.Name == name) ?? throw new KeyNotFoundException($"The company has no group {name}.");

    /// <summary>Whoever is a member of at least one of the groups (not through nested ones) and is not disabled: whom a synchronization imports.</summary>
    public static IReadOnlySet<CompanyPerson> ActiveMembers(params IEnumerable<CompanyGroup> groups) =>
        groups.SelectMany(group => group.Members).Where(person => !person.Disabled).ToHashSet();

    private CompanyPerson[] Hire(int count)
    {
        var taken = new HashSet<string>(count);
        var departments = CompanyNames.Departments.SelectMany(department => Enumerable.Repeat(department, department.Weight)).ToArray();
        var hired = new CompanyPerson[count];
        for (var number = 0; number < count; number++)
        {
            var unusual = number < CompanyNames.Unusual.Length;
            var (given, surname) = unusual ? CompanyNames.Unusual[number] : (Pick(CompanyNames.GivenNames), Pick(CompanyNames.Surnames));
            var department = Pick(departments);
            var login = Login(given, surname, number, taken);

            // Most are named by their login; the unusual ones, and one in twenty-five, by name and number, as some directories do.
            var byName = unusual || number % 25 == 0;
            var fullName = byName ? $"{surname}, {given}" : $"{given} {surname}";
            var relativeName = byName
                ? $"cn={DistinguishedNames.Escape(fullName)}+employeeNumber={100000 + number}"
                : $"uid={DistinguishedNames.Escape(login)}";
            hired[number] = new(number, login, given, surname, fullName, $"{relativeName},{department.DistinguishedName}", Id(1, number))
            {
                Department = department,
                Title = Pick(CompanyNames.Titles),
                Firm = Pick(CompanyNames.Firms),
                Phone = $"+41 44 {random.Next(100, 1000)} {random.Next(10, 100)} {random.Next(10, 100)}",
                Disabled = number == CompanyNames.Unusual.Length,
            };
        }

        return hired;
    }

    private static string Login(string given, string surname, int number, HashSet<string> taken)
    {
        var (first, last) = (CompanyNames.Fold(given), CompanyNames.Fold(surname));
        var login = first.Length > 0 && last.Length > 0 ? $"{first}.{last}" : $"u{number}";
        return taken.Add(login) ? login : taken.Add(login + number) ? login + number : throw new InvalidOperationException($"Login {login} twice");
    }

    private void Gather(int count)
    {
        var everybody = New("Everybody", "All who work here");
        foreach (var person in people)
        {
            everybody.Add(person);
        }

        foreach (var department in CompanyNames.Departments.Take(count - 1))
        {
            var group = New(department.Name, $"Department {department.Name}");
            foreach (var person in people.Where(person => person.Department == department))
            {
                group.Add(person);
            }

            // A group of names is never empty.
            if (group.Members.Count == 0)
            {
                group.Add(people[0]);
            }
        }

        var projects = new List<CompanyGroup>();
        while (groups.Count < count)
        {
            var (name, round) = (CompanyNames.Projects[projects.Count % CompanyNames.Projects.Length], projects.Count / CompanyNames.Projects.Length);
            var project = New(round == 0 ? $"Project {name}" : $"Project {name} {round + 1}", $"Works on {name}");
            var size = Math.Min(people.Length, random.Next(5, 121));
            foreach (var index in Enumerable.Range(0, size * 2).Select(_ => random.Next(people.Length)).Distinct().Take(size))
            {
                project.Add(people[index]);
            }

            projects.Add(project);
        }

        if (projects.Count > 3)
        {
            projects[1..4].ForEach(projects[0].Add);
        }
    }

    private CompanyGroup New(string name, string description)
    {
        var group = new CompanyGroup(name, description, Id(2, groups.Count));
        groups.Add(group);
        return group;
    }

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];

    // Not of any RFC 9562 version that is derived from names; an entryUUID need only be unique.
    private Guid Id(int kind, int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt32BigEndian(bytes, kind);
        BinaryPrimitives.WriteInt32BigEndian(bytes[8..], seed);
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], number);
        bytes[6] = 0x80;
        bytes[8] |= 0x80;
        return new(bytes, bigEndian: true);
    }
}
