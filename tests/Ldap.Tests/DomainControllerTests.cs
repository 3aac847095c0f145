using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

public sealed class DomainControllerTests(SambaFixture samba)
{
    [Fact]
    public async Task Search_InDomain_ReadsEverybody()
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(
            SambaFixture.Settings(samba.Strict, ConnectionSecurity.Ldaps), Samba.ReaderPassword, Reading.Stop);

        var (entries, proof) = await session.ReadAllAsync(new SearchRequest(SambaDirectory.PeopleUnit, SearchScope.Subtree, "(objectClass=user)", []));

        Assert.Equal(SambaDirectory.People, entries.Count);
        Assert.True(proof.IsComplete, $"{proof}");
        Assert.Equal(DirectoryKind.ActiveDirectory, session.Server.Kind);
        Assert.StartsWith("CN=NTDS Settings,", session.Server.Identity, StringComparison.OrdinalIgnoreCase);
    }
}
