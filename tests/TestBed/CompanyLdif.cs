namespace LdapSync.TestBed;

/// <summary>
/// Writes a company as LDIF (RFC 2849) that <c>slapadd</c> takes as it is: every entry with its <c>entryUUID</c> and <c>memberOf</c>, so the
/// memberof overlay has nothing to work out. The suffix and the service accounts are a <see cref="Slapd"/>'s own.
/// </summary>
public static class CompanyLdif
{
    public static void WriteLdif(this Company company, TextWriter output)
    {
        foreach (var unit in (string[])[Company.PeopleBase, Company.GroupsBase])
        {
            Entry(output, unit, ["organizationalUnit"], ("ou", unit.Split(',')[0]["ou=".Length..]));
        }

        foreach (var department in Company.Departments)
        {
            Entry(output, department.DistinguishedName, ["organizationalUnit"], ("ou", department.Name));
        }

        var memberships = Memberships(company);
        foreach (var person in company.People)
        {
            WritePerson(output, person, memberships[person.DistinguishedName]);
        }

        foreach (var group in company.Groups)
        {
            WriteGroup(output, group, memberships[group.DistinguishedName]);
        }
    }

    /// <summary>One person's entry, as it can be added to a running server too (then without <c>entryUUID</c> and <c>memberOf</c>).</summary>
    /// <param name="output">Where to.</param>
    /// <param name="person">Who.</param>
    /// <param name="groups">Names of the groups that the person is in; null: leave out what a running server fills in itself.</param>
    public static void WritePerson(TextWriter output, CompanyPerson person, IEnumerable<string>? groups)
    {
        List<(string, string)> attributes =
        [
            ("uid", person.Login), ("cn", person.FullName), ("sn", person.Surname), ("givenName", person.GivenName), ("mail", person.Email),
            ("telephoneNumber", person.Phone), ("title", person.Title), ("o", person.Firm), ("ou", person.Department.Name),
            ("employeeNumber", person.EmployeeNumber), ("userPassword", person.Password),
        ];
        if (person.Disabled)
        {
            attributes.Add(("pwdAccountLockedTime", "000001010000Z"));
        }

        if (groups is not null)
        {
            attributes.Add(("entryUUID", person.EntryId.ToString()));
            attributes.AddRange(groups.Select(group => ("memberOf", group)));
        }

        Entry(output, person.DistinguishedName, ["inetOrgPerson"], [.. attributes]);
    }

    private static void WriteGroup(TextWriter output, CompanyGroup group, IEnumerable<string> memberOf) =>
        Entry(output, group.DistinguishedName, ["groupOfNames"],
        [
            ("cn", group.Name), ("description", group.Description), ("entryUUID", group.EntryId.ToString()),
            .. group.Members.Select(person => ("member", person.DistinguishedName)),
            .. group.Groups.Select(nested => ("member", nested.DistinguishedName)),
            .. memberOf.Select(name => ("memberOf", name)),
        ]);

    private static ILookup<string, string> Memberships(Company company) =>
        company.Groups
            .SelectMany(group => group.Members.Select(person => person.DistinguishedName)
                .Concat(group.Groups.Select(nested => nested.DistinguishedName))
                .Select(member => (member, group.DistinguishedName)))
            .ToLookup(pair => pair.member, pair => pair.DistinguishedName);

    private static void Entry(TextWriter output, string name, string[] classes, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Ldif.WriteLine(output, "dn", name);
        foreach (var objectClass in classes)
        {
            Ldif.WriteLine(output, "objectClass", objectClass);
        }

        foreach (var (attribute, value) in attributes)
        {
            Ldif.WriteLine(output, attribute, value);
        }

        output.Write('\n');
    }
}
