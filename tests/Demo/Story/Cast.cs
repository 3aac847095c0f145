using LdapSync.TestBed;

namespace LdapSync.Demo.Story;

/// <summary>Which of the company's groups become roles, and which of its people the demo tells about.</summary>
internal sealed class Cast
{
    public const string HandMadeLogin = "auditor";

    private static readonly string[] DepartmentNames =
        ["Engineering", "Sales, Europe", "Research+Development", "Kundendienst Zürich", "Finance", "IT", "Direction générale"];

    private static readonly string[] ProjectNames = ["Project Delta+", "Project Föhn", "Project Gotthard", "Project Ural"];

    private readonly HashSet<CompanyPerson> taken = [];

    public Cast(Company company)
    {
        Company = company;
        Departments = [.. DepartmentNames.Select(company.Group)];
        Projects = [.. ProjectNames.Select(company.Group)];
        Linked = [.. Departments, .. Projects];
        GroupToRename = company.Group("Project Föhn");
        Samples = ["back.slash", "semi.colon", "janejj.doe", .. company.People.Skip(100).Where(IsImported).Take(3).Select(person => person.Login)];
        Collides = Pick("Engineering");
        Renamed = Pick("Finance");
        Disabled = Pick("Engineering");
        Moved = Pick("IT");
        Deleted = Pick("Sales, Europe");
        Left = Take(person => !Departments.Any(group => group.Members.Contains(person))
            && Projects.Count(group => group.Members.Contains(person)) == 1 && !GroupToRename.Members.Contains(person));
        LeftGroup = Projects.Single(group => group.Members.Contains(Left));
    }

    public Company Company { get; }

    public IReadOnlyList<CompanyGroup> Departments { get; }

    public IReadOnlyList<CompanyGroup> Projects { get; }

    /// <summary>All groups that are linked to roles.</summary>
    public IReadOnlyList<CompanyGroup> Linked { get; }

    public CompanyGroup GroupToRename { get; }

    /// <summary>Logins that the table of users shows.</summary>
    public IReadOnlyList<string> Samples { get; }

    /// <summary>Whose login a user made by hand has already (U5).</summary>
    public CompanyPerson Collides { get; }

    public CompanyPerson Renamed { get; }

    public CompanyPerson Disabled { get; }

    /// <summary>Goes from IT to the customer service in Zurich.</summary>
    public CompanyPerson Moved { get; }

    public CompanyPerson Deleted { get; }

    /// <summary>Leaves the only linked group he or she is in.</summary>
    public CompanyPerson Left { get; }

    public CompanyGroup LeftGroup { get; }

    private bool IsImported(CompanyPerson person) => !person.Disabled && Linked.Any(group => group.Members.Contains(person));

    // Somebody of the department who is in no other linked group, so that what happens to them is easy to follow.
    private CompanyPerson Pick(string department) => Take(person =>
        person.Department.Name == department && Linked.Count(group => group.Members.Contains(person)) == 1);

    private CompanyPerson Take(Func<CompanyPerson, bool> fits)
    {
        var person = Company.People.Skip(20).First(person =>
            !person.Disabled && !taken.Contains(person) && !Samples.Contains(person.Login)
            && Company.People.Count(other => other.FullName == person.FullName) == 1
            && person.DistinguishedName.StartsWith("uid=", StringComparison.Ordinal) && fits(person));
        taken.Add(person);
        return person;
    }
}
