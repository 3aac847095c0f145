using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Every authentication type with every transport: it works, or it is refused for the reason that the documentation gives.</summary>
public sealed class SignInTests(SambaFixture samba, SlapdFixture slapd)
{
    [Theory]
    [InlineData(AuthenticationType.Kerberos, ConnectionSecurity.None, false, "Kerberos, signed and sealed, without TLS")]
    [InlineData(AuthenticationType.Kerberos, ConnectionSecurity.Ldaps, true, "Kerberos over LDAPS")]
    [InlineData(AuthenticationType.Kerberos, ConnectionSecurity.StartTls, true, "Kerberos over StartTLS")]
    [InlineData(AuthenticationType.Ntlm, ConnectionSecurity.None, false, "NTLM, signed and sealed, without TLS")]
    [InlineData(AuthenticationType.Negotiate, ConnectionSecurity.None, false, "Kerberos, signed and sealed, without TLS")]
    [InlineData(AuthenticationType.Negotiate, ConnectionSecurity.Ldaps, true, "Kerberos over LDAPS")]
    [InlineData(AuthenticationType.Basic, ConnectionSecurity.Ldaps, false, "simple bind over LDAPS")]
    [InlineData(AuthenticationType.Basic, ConnectionSecurity.StartTls, false, "simple bind over StartTLS")]
    public async Task SignIn_ToDomain_WorksAndReads(AuthenticationType type, ConnectionSecurity security, bool lenient, string way)
    {
        var settings = Settings(type, security, lenient);

        await using var session = await new LdapDirectoryClient().ConnectAsync(settings, Samba.ReaderPassword, Reading.Stop);
        var (people, proof) = await session.ReadAllAsync(new SearchRequest(SambaDirectory.PeopleUnit, SearchScope.Subtree, "(objectClass=user)", ["cn", "member"]));

        Assert.Equal(way, session.Server.Authentication);
        Assert.Equal(SambaDirectory.People, people.Count);
        Assert.True(proof.IsComplete);
    }

    [Theory]
    [InlineData(AuthenticationType.Basic, ConnectionSecurity.None, false, 8, "use SSL or StartTLS")]
    [InlineData(AuthenticationType.Ntlm, ConnectionSecurity.Ldaps, true, 53, "does not take that within TLS")]
    [InlineData(AuthenticationType.Ntlm, ConnectionSecurity.StartTls, true, 53, "does not take that within TLS")]
    [InlineData(AuthenticationType.Kerberos, ConnectionSecurity.Ldaps, false, 8, "within TLS")]
    [InlineData(AuthenticationType.Digest, ConnectionSecurity.Ldaps, true, null, "does not offer DIGEST-MD5")]
    public async Task SignIn_ToDomain_IsRefusedWithReason(AuthenticationType type, ConnectionSecurity security, bool lenient, int? code, string reason)
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(
            Settings(type, security, lenient), Samba.ReaderPassword, Reading.Stop));

        Assert.Equal(DirectoryFailure.StrongerAuthenticationRequired, failure.Failure);
        Assert.Equal(code, failure.ResultCode);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AuthenticationType.Basic, ConnectionSecurity.Ldaps)]
    [InlineData(AuthenticationType.Kerberos, ConnectionSecurity.None)]
    [InlineData(AuthenticationType.Negotiate, ConnectionSecurity.None)]
    [InlineData(AuthenticationType.Ntlm, ConnectionSecurity.None)]
    public async Task SignIn_WithWrongPassword_SaysSo(AuthenticationType type, ConnectionSecurity security)
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(
            Settings(type, security, lenient: false), "not-the-password", Reading.Stop));

        Assert.Equal(DirectoryFailure.InvalidCredentials, failure.Failure);
        Assert.DoesNotContain("not-the-password", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"EXAMPLE\reader", AuthenticationType.Kerberos)]
    [InlineData(@"EXAMPLE\reader", AuthenticationType.Ntlm)]
    [InlineData(@"EXAMPLE\reader", AuthenticationType.Basic)]
    [InlineData("reader", AuthenticationType.Kerberos)]
    [InlineData($"CN=reader,CN=Users,{Samba.Suffix}", AuthenticationType.Basic)]
    public async Task SignIn_WithEachFormOfLogin_Works(string login, AuthenticationType type)
    {
        var security = type == AuthenticationType.Basic ? ConnectionSecurity.Ldaps : ConnectionSecurity.None;
        var settings = Settings(type, security, lenient: false) with { AdministratorLogin = login };

        await using var session = await new LdapDirectoryClient().ConnectAsync(settings, Samba.ReaderPassword, Reading.Stop);

        Assert.Equal(DirectoryKind.ActiveDirectory, session.Server.Kind);
    }

    [Fact]
    public async Task Negotiate_WithoutKeyDistributionCenter_FallsBackToNtlmAndSaysSo()
    {
        var settings = Settings(AuthenticationType.Negotiate, ConnectionSecurity.None, lenient: false) with { KerberosTarget = "nobody.example.test" };

        await using var session = await new LdapDirectoryClient().ConnectAsync(settings, Samba.ReaderPassword, Reading.Stop);

        Assert.StartsWith("NTLM, signed and sealed, (Kerberos was not possible: ", session.Server.Authentication, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConnectionSecurity.None)]
    [InlineData(ConnectionSecurity.StartTls)]
    public async Task Digest_ToSlapd_Works(ConnectionSecurity security)
    {
        var settings = (security == ConnectionSecurity.None ? slapd.Plain : slapd.StartTls) with
        {
            AuthenticationType = AuthenticationType.Digest,
            AdministratorLogin = "reader",
        };

        await using var session = await new LdapDirectoryClient().ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop);

        Assert.StartsWith("DIGEST-MD5", session.Server.Authentication, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Digest_WithWrongPassword_SaysSo()
    {
        var settings = slapd.Plain with { AuthenticationType = AuthenticationType.Digest, AdministratorLogin = "reader" };

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(settings, "wrong", Reading.Stop));

        Assert.Equal(DirectoryFailure.InvalidCredentials, failure.Failure);
    }

    [Fact]
    public async Task External_WithClientCertificate_Works()
    {
        var (certificate, key) = slapd.Server.Authority.Issue("sync-client", []);
        var client = new LdapDirectoryClient(new LdapClientOptions { ReadSecret = (_, _) => Task.FromResult<string?>($"{certificate}\n{key}") });
        var settings = slapd.Ldaps with { AuthenticationType = AuthenticationType.External, ClientCertificateSecret = "client" };

        await using var session = await client.ConnectAsync(settings, null, Reading.Stop);

        Assert.Equal("client certificate over LDAPS", session.Server.Authentication);
    }

    [Theory]
    [InlineData(AuthenticationType.Basic)]
    [InlineData(AuthenticationType.Ntlm)]
    [InlineData(AuthenticationType.Kerberos)]
    [InlineData(AuthenticationType.Digest)]
    public async Task SignIn_WithEmptyPassword_IsRefusedBeforeSending(AuthenticationType type)
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(
            slapd.Plain with { AuthenticationType = type, AdministratorLogin = "reader" }, "", Reading.Stop));

        Assert.Equal(DirectoryFailure.InvalidCredentials, failure.Failure);
        Assert.Null(failure.ResultCode);
    }

    [Fact]
    public async Task Anonymous_ToSlapd_Reads()
    {
        var settings = slapd.Plain with { AuthenticationType = AuthenticationType.Anonymous, AdministratorLogin = "" };

        await using var session = await new LdapDirectoryClient().ConnectAsync(settings, null, Reading.Stop);

        Assert.Equal("anonymous bind without TLS", session.Server.Authentication);
    }

    private ConnectionSettings Settings(AuthenticationType type, ConnectionSecurity security, bool lenient) =>
        SambaFixture.Settings(lenient ? samba.Lenient : samba.Strict, security) with { AuthenticationType = type };
}
