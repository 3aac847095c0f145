using System.Globalization;
using LdapSync.TestBed;

namespace LdapSync.App.Tests;

/// <summary>A small directory, said in a few words: people and who is in which group.</summary>
internal sealed class People
{
    private readonly List<(string Login, string FullName, string[] Extra)> people = [];
    private readonly List<(string Name, string[] Members)> groups = [];

    public static string Name(string login) => $"uid={login},ou=people,{Slapd.Suffix}";

    public static string GroupName(string group) => $"cn={group},ou=groups,{Slapd.Suffix}";

    /// <param name="login">Letters and digits.</param>
    /// <param name="fullName">The <c>cn</c>; left out: the login.</param>
    /// <param name="extra">Further lines of LDIF.</param>
    public People Person(string login, string? fullName = null, params string[] extra)
    {
        people.Add((login, fullName ?? login, extra));
        return this;
    }

    /// <summary>p001, p002 ...</summary>
    public People Crowd(int count)
    {
        for (var number = 1; number <= count; number++)
        {
            Person(string.Create(CultureInfo.InvariantCulture, $"p{number:D3}"));
        }

        return this;
    }

    public People Group(string name, params string[] members)
    {
        groups.Add((name, members));
        return this;
    }

    public IEnumerable<string> Logins => people.Select(person => person.Login);

    /// <summary>Anna, Ben and Chloe in staff; Ben and Dora in project; Emil in none.</summary>
    public static People Few() => new People()
        .Person("anna", "Anna Adler", "mail: anna@example.test", "title: Engineer", "o: Example Corp")
        .Person("ben", "Ben Becker", "mail: ben@example.test", "telephoneNumber: +41 44 111 22 33")
        .Person("chloe", "Chloé Costa", "mail: chloe@example.test")
        .Person("dora", "Dora Dupont")
        .Person("emil", "Emil Evans")
        .Group("staff", "anna", "ben", "chloe")
        .Group("project", "ben", "dora");

    /// <summary>An LDIF change that adds a person.</summary>
    public static string Adding(string login, string fullName, params string[] extra)
    {
        using var writer = new StringWriter();
        WritePerson(writer, login, fullName, extra, []);
        return writer.ToString();
    }

    public static string Joining(string group, string login) => Membership(group, login, "add");

    public static string Leaving(string group, string login) => Membership(group, login, "delete");

    public static string Replacing(string login, string attribute, string value) =>
        $"dn: {Name(login)}\nchangetype: modify\nreplace: {attribute}\n{attribute}: {value}\n\n";

    public static string Deleting(string login) => $"dn: {Name(login)}\nchangetype: delete\n\n";

    public string ToLdif()
    {
        using var writer = new StringWriter();
        foreach (var unit in new[] { "people", "groups" })
        {
            writer.Write($"dn: ou={unit},{Slapd.Suffix}\nobjectClass: organizationalUnit\nou: {unit}\n\n");
        }

        foreach (var (login, fullName, extra) in people)
        {
            WritePerson(writer, login, fullName, extra, groups.Where(group => group.Members.Contains(login)).Select(group => group.Name));
        }

        foreach (var (name, members) in groups)
        {
            writer.Write($"dn: {GroupName(name)}\nobjectClass: groupOfNames\n");
            Ldif.WriteLine(writer, "cn", name);
            foreach (var member in members)
            {
                writer.Write($"member: {Name(member)}\n");
            }

            writer.Write('\n');
        }

        return writer.ToString();
    }

    private static void WritePerson(StringWriter writer, string login, string fullName, string[] extra, IEnumerable<string> groups)
    {
        writer.Write($"dn: {Name(login)}\nobjectClass: inetOrgPerson\nuid: {login}\nsn: {login}\nuserPassword: {login}-secret\n");
        Ldif.WriteLine(writer, "cn", fullName);
        foreach (var line in extra)
        {
            writer.Write($"{line}\n");
        }

        foreach (var group in groups)
        {
            writer.Write($"memberOf: {GroupName(group)}\n");
        }

        writer.Write('\n');
    }

    private static string Membership(string group, string login, string verb) =>
        $"dn: {GroupName(group)}\nchangetype: modify\n{verb}: member\nmember: {Name(login)}\n\n";
}
