namespace LdapSync.TestBed;

/// <summary>Someone who works for the made-up company.</summary>
/// <param name="Number">0 and up: the order in which the company hired them.</param>
/// <param name="Login">The <c>uid</c>; unique.</param>
/// <param name="DistinguishedName">By login, by employee number, or by both name and number in one relative name.</param>
/// <param name="EntryId">The <c>entryUUID</c>, derived from the number.</param>
public sealed record CompanyPerson(int Number, string Login, string GivenName, string Surname, string FullName, string DistinguishedName, Guid EntryId)
{
    public required CompanyDepartment Department { get; init; }

    public required string Title { get; init; }

    /// <summary>The <c>o</c> attribute: which of the company's firms pays them.</summary>
    public required string Firm { get; init; }

    public required string Phone { get; init; }

    public string Email => $"{Login}@example.test";

    public string EmployeeNumber => $"{100000 + Number}";

    /// <summary>What the person binds with.</summary>
    public string Password => $"{Login}-secret";

    /// <summary>The entry carries <c>pwdAccountLockedTime: 000001010000Z</c>: locked by an administrator, for good.</summary>
    public bool Disabled { get; init; }
}

/// <summary>A department: an organizational unit under <c>ou=people</c>, and mostly a group too.</summary>
/// <param name="Weight">How many of the company's people work there, relative to the other departments.</param>
public sealed record CompanyDepartment(string Name, int Weight)
{
    public string DistinguishedName => $"ou={DistinguishedNames.Escape(Name)},{Company.PeopleBase}";
}

/// <summary>A <c>groupOfNames</c> under <c>ou=groups</c>.</summary>
public sealed class CompanyGroup(string name, string description, Guid entryId)
{
    private readonly List<CompanyPerson> members = [];
    private readonly List<CompanyGroup> groups = [];

    public string Name { get; } = name;

    public string Description { get; } = description;

    public Guid EntryId { get; } = entryId;

    public string DistinguishedName => $"cn={DistinguishedNames.Escape(Name)},{Company.GroupsBase}";

    /// <summary>The people who are members themselves, not through another group.</summary>
    public IReadOnlyList<CompanyPerson> Members => members;

    /// <summary>Groups that are members of this one.</summary>
    public IReadOnlyList<CompanyGroup> Groups => groups;

    internal void Add(CompanyPerson person) => members.Add(person);

    internal void Add(CompanyGroup group) => groups.Add(group);
}
