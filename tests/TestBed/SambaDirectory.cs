using System.Globalization;
using System.Text;

namespace LdapSync.TestBed;

/// <summary>The made-up people and groups of a <see cref="Samba"/>.</summary>
public static class SambaDirectory
{
    /// <summary>More than a page of 1000, and more than the 1500 values of one range.</summary>
    public const int People = 1600;

    public const string PeopleUnit = $"OU=People,{Samba.Suffix}";

    public const string GroupsUnit = $"OU=Groups,{Samba.Suffix}";

    public static string PersonName(int index) => string.Create(CultureInfo.InvariantCulture, $"CN=u{index:D5},{PeopleUnit}");

    public static string GroupName(string name) => $"CN={name},{GroupsUnit}";

    /// <summary>
    /// Groups: <c>everyone</c> has all people; <c>staff</c> the first 50; <c>managers</c> the first 5, and <c>outer</c> nests <c>inner</c>
    /// (people 10 to 19), which nests <c>outer</c> again, and person 20 beside; <c>primary</c> is the primary group of person 30 and has no member value for it.
    /// </summary>
    public static string Ldif()
    {
        var ldif = new StringBuilder();
        ldif.Append(CultureInfo.InvariantCulture, $"dn: {PeopleUnit}\nobjectClass: organizationalUnit\n\ndn: {GroupsUnit}\nobjectClass: organizationalUnit\n\n");
        for (var index = 0; index < People; index++)
        {
            AppendPerson(ldif, index);
        }

        AppendService(ldif, "reader", Samba.ReaderPassword);
        AppendGroup(ldif, "everyone", Enumerable.Range(0, People).Select(PersonName));
        AppendGroup(ldif, "staff", Enumerable.Range(0, 50).Select(PersonName));
        AppendGroup(ldif, "managers", Enumerable.Range(0, 5).Select(PersonName));
        AppendGroup(ldif, "inner", Enumerable.Range(10, 10).Select(PersonName));
        AppendGroup(ldif, "outer", [PersonName(20), GroupName("inner")]);
        AppendGroup(ldif, "primary", [PersonName(30)]);
        ldif.Append(CultureInfo.InvariantCulture, $"dn: {GroupName("inner")}\nchangetype: modify\nadd: member\nmember: {GroupName("outer")}\n\n");

        // samba_spnupdate would register these in a domain with name service; without them there is no Kerberos for LDAP.
        ldif.Append(CultureInfo.InvariantCulture, $"dn: CN=DC1,OU=Domain Controllers,{Samba.Suffix}\nchangetype: modify\nadd: servicePrincipalName\n");
        ldif.Append(CultureInfo.InvariantCulture, $"servicePrincipalName: ldap/{Samba.HostName}\nservicePrincipalName: ldap/{Samba.HostName}/example.test\n\n");
        return ldif.ToString();
    }

    private static void AppendPerson(StringBuilder ldif, int index)
    {
        var last = index % 7 == 0 ? "Müller" : "Adler";
        ldif.Append(CultureInfo.InvariantCulture, $"dn: {PersonName(index)}\nobjectClass: user\nsAMAccountName: u{index:D5}\n");
        ldif.Append(CultureInfo.InvariantCulture, $"userPrincipalName: u{index:D5}@example.test\ngivenName: Anna\n");
        ldif.Append(CultureInfo.InvariantCulture, $"sn:: {Convert.ToBase64String(Encoding.UTF8.GetBytes(last))}\n");
        ldif.Append(CultureInfo.InvariantCulture, $"displayName:: {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{last}, Anna {index}"))}\n");
        ldif.Append(CultureInfo.InvariantCulture, $"mail: u{index:D5}@example.test\ntelephoneNumber: +41 44 {index:D6}\ntitle: Engineer\ncompany: Example Corp\n");
        ldif.Append(index % 50 == 49 ? "userAccountControl: 546\n" : "userAccountControl: 544\n");
        ldif.Append('\n');
    }

    private static void AppendService(StringBuilder ldif, string login, string password)
    {
        ldif.Append(CultureInfo.InvariantCulture, $"dn: CN={login},CN=Users,{Samba.Suffix}\nobjectClass: user\nsAMAccountName: {login}\n");
        ldif.Append(CultureInfo.InvariantCulture, $"userPrincipalName: {login}@example.test\n");
        ldif.Append(CultureInfo.InvariantCulture, $"unicodePwd:: {Convert.ToBase64String(Encoding.Unicode.GetBytes($"\"{password}\""))}\n");
        ldif.Append("userAccountControl: 66048\n\n"); // a normal account whose password does not expire
    }

    private static void AppendGroup(StringBuilder ldif, string name, IEnumerable<string> members)
    {
        ldif.Append(CultureInfo.InvariantCulture, $"dn: {GroupName(name)}\nobjectClass: group\nsAMAccountName: {name}\ngroupType: -2147483646\n");
        foreach (var member in members)
        {
            ldif.Append(CultureInfo.InvariantCulture, $"member: {member}\n");
        }

        ldif.Append('\n');
    }
}
