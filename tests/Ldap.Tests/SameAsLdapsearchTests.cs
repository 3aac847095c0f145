using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Ldif;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Our entries, written as LDIF, are what ldapsearch prints for the whole test directory.</summary>
public sealed class SameAsLdapsearchTests(SlapdFixture slapd)
{
    // A domain controller writes them down when somebody signs in, as both readers do.
    private static readonly string[] MovedBySigningIn = ["lastLogon: ", "lastLogonTimestamp: ", "logonCount: ", "badPwdCount: ", "badPasswordTime: "];

    [Fact]
    public async Task Entries_OfSlapd_AreThoseOfLdapsearch()
    {
        var settings = slapd.Plain with { AdministratorLogin = Slapd.RootName };
        await using var session = await new LdapDirectoryClient().ConnectAsync(settings, Slapd.RootPassword, Reading.Stop);
        var (entries, _) = await session.ReadAllAsync(new SearchRequest(Slapd.Suffix, SearchScope.Subtree, "(objectClass=*)", ["*", "+"]));

        var expected = await slapd.Server.SearchAsync("-b", Slapd.Suffix, "*", "+");

        Assert.Equal(Records(expected), Records(await WriteAsync(entries)));
    }

    [Fact]
    public async Task Entries_OfDomain_AreThoseOfLdapsearch()
    {
        await using var own = await Samba.StartAsync();
        var settings = SambaFixture.Settings(own, ConnectionSecurity.Ldaps) with { AdministratorLogin = Samba.AdministratorLogin };
        await using var session = await new LdapDirectoryClient().ConnectAsync(settings, Samba.AdministratorPassword, Reading.Stop);
        var (entries, _) = await session.ReadAllAsync(new SearchRequest(Samba.Suffix, SearchScope.Subtree, "(objectClass=*)", []));

        var expected = await own.SearchAsync("-E", "pr=1000/noprompt", "-b", Samba.Suffix);

        Assert.Equal(Records(expected), Records(await WriteAsync(entries)));
    }

    private static async Task<string> WriteAsync(IEnumerable<DirectoryEntry> entries)
    {
        await using var writer = new StringWriter { NewLine = "\n" };
        foreach (var entry in entries)
        {
            await LdifWriter.WriteAsync(writer, entry);
        }

        return writer.ToString();
    }

    /// <summary>Records with their lines in order: directories promise none. Comments (referrals, paging) are no entries.</summary>
    private static List<string> Records(string ldif) =>
    [
        .. ldif.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(record => record.Split('\n').Where(line => line.Length > 0 && line[0] != '#' && !MovedBySigningIn.Any(moved => line.StartsWith(moved, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal))
            .Select(lines => string.Join('\n', lines))
            .Where(record => record.Length > 0)
            .Order(StringComparer.Ordinal),
    ];
}
