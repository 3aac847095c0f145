using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests.Conformance;

/// <summary>Every cell of <see cref="SignInTable"/>, tried on the servers.</summary>
public sealed class SignInTableTests(SlapdFixture slapd, SambaFixture samba)
{
    public static TheoryData<SignInCell> Cells => [.. SignInTable.Cells];

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task SignIn_InEachCellOfTheTable_WorksOrIsRefusedWithTheReason(SignInCell cell)
    {
        if (cell.Outcome.StartsWith("works: ", StringComparison.Ordinal))
        {
            Assert.Equal(cell.Outcome, $"works: {await SignInAsync(cell)}");
            return;
        }

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => SignInAsync(cell));

        Assert.Equal(DirectoryFailure.StrongerAuthenticationRequired, failure.Failure);
        var told = failure.ResultCode is { } code ? $"refused: result {code}: " : "refused: ";
        Assert.StartsWith(told, cell.Outcome, StringComparison.Ordinal);
        Assert.Contains(cell.Outcome[told.Length..], failure.Message, StringComparison.Ordinal);
        Assert.False(failure.CanRetry);
    }

    [Fact]
    public void Table_HasEveryServerAuthenticationAndTransportOnce()
    {
        var all = from server in new[] { SignInTable.Slapd, SignInTable.Strict, SignInTable.Lenient }
                  from authentication in Enum.GetValues<AuthenticationType>()
                  from security in Enum.GetValues<ConnectionSecurity>()
                  select (server, authentication, security);

        Assert.Equal(all.Order(), SignInTable.Cells.Select(cell => (cell.Server, cell.Authentication, cell.Security)).Order());
    }

    private async Task<string> SignInAsync(SignInCell cell)
    {
        var (server, type, security) = (cell.Server, cell.Authentication, cell.Security);
        var (certificate, key) = slapd.Server.Authority.Issue("sync-client", []);
        var client = new LdapDirectoryClient(new LdapClientOptions { ReadSecret = (_, _) => Task.FromResult<string?>($"{certificate}\n{key}") });
        var settings = Settings(server, security) with { AuthenticationType = type, ClientCertificateSecret = type == AuthenticationType.External ? "client" : null };
        if (server == SignInTable.Slapd)
        {
            settings = settings with { AdministratorLogin = type == AuthenticationType.Basic ? Slapd.ReaderName : "reader" };
        }

        var password = type is AuthenticationType.Anonymous or AuthenticationType.External ? null
            : server == SignInTable.Slapd ? Slapd.ReaderPassword
            : Samba.ReaderPassword;
        await using var session = await client.ConnectAsync(settings, password, Reading.Stop);
        var (found, proof) = await session.ReadAllAsync(new SearchRequest("", SearchScope.Base, "(objectClass=*)", ["namingContexts"], 0));
        Assert.True(proof.IsComplete && found.Count == 1, "A session that signed in reads.");
        return session.Server.Authentication;
    }

    private ConnectionSettings Settings(string server, ConnectionSecurity security) => server switch
    {
        SignInTable.Slapd => security switch { ConnectionSecurity.None => slapd.Plain, ConnectionSecurity.StartTls => slapd.StartTls, _ => slapd.Ldaps },
        SignInTable.Strict => SambaFixture.Settings(samba.Strict, security),
        _ => SambaFixture.Settings(samba.Lenient, security),
    };
}
