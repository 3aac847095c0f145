using LdapSync.TestBed;

namespace LdapSync.Demo.Story;

/// <summary>The OpenLDAP server, as its administrator changes it: with ldapmodify.</summary>
internal sealed class DirectoryAdmin(string url)
{
    private static readonly string[] Bind = ["-D", Slapd.RootName, "-w", Slapd.RootPassword];

    /// <summary>Applies one change record: its name, then its lines.</summary>
    public Task ChangeAsync(string name, params IEnumerable<(string Name, string Value)> lines)
    {
        using var ldif = new StringWriter { NewLine = "\n" };
        Ldif.WriteLine(ldif, "dn", name);
        foreach (var (attribute, value) in lines)
        {
            if (attribute == "-")
            {
                ldif.Write("-\n");
            }
            else
            {
                Ldif.WriteLine(ldif, attribute, value);
            }
        }

        return ModifyAsync(ldif.ToString());
    }

    public Task AddAsync(CompanyPerson person)
    {
        using var ldif = new StringWriter { NewLine = "\n" };
        CompanyLdif.WritePerson(ldif, person, groups: null);
        return ModifyAsync(ldif.ToString());
    }

    public Task AddMemberAsync(string group, string member) => ChangeMemberAsync(group, "add", member);

    public Task RemoveMemberAsync(string group, string member) => ChangeMemberAsync(group, "delete", member);

    /// <summary>Changes the relative name, the superior, or both.</summary>
    public Task RenameAsync(string name, string newRelativeName, string? newSuperior = null) =>
        ChangeAsync(
            name,
            [
                ("changetype", "modrdn"), ("newrdn", newRelativeName), ("deleteoldrdn", "1"),
                .. newSuperior is null ? Array.Empty<(string, string)>() : [("newsuperior", newSuperior)],
            ]);

    /// <summary>Waits until a group knows a renamed member by its new name: OpenLDAP's refint overlay works in the background.</summary>
    public async Task WaitForMemberAsync(string group, string member, CancellationToken cancellationToken)
    {
        var filter = $"(member={member.Replace("\\", "\\5c", StringComparison.Ordinal)})";
        while (true)
        {
            var found = await Command.RunAsync("ldapsearch", ["-x", "-LLL", "-H", url, .. Bind, "-s", "base", "-b", group, filter, "1.1"]);
            if (found.Contains("dn:", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    private Task ChangeMemberAsync(string group, string how, string member) =>
        ChangeAsync(group, ("changetype", "modify"), (how, "member"), ("member", member));

    private Task ModifyAsync(string ldif) => Command.RunAsync("ldapmodify", ["-x", "-a", "-H", url, .. Bind], ldif);
}
