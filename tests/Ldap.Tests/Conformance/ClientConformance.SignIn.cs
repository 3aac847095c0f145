using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Tests.Scripted;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests.Conformance;

// Connecting, TLS, signing in, servers that do not answer.
public abstract partial class ClientConformance
{
    [Theory]
    [InlineData(ConnectionSecurity.None, "simple bind without TLS")]
    [InlineData(ConnectionSecurity.Ldaps, "simple bind over LDAPS")]
    [InlineData(ConnectionSecurity.StartTls, "simple bind over StartTLS")]
    public async Task Connect_OverEachTransport_SignsInAndReads(ConnectionSecurity security, string way)
    {
        await using var session = await Client.ConnectAsync(Settings(security), Slapd.ReaderPassword, Reading.Stop);

        var (entries, proof) = await session.ReadAllAsync(Everybody);

        Assert.Equal(way, session.Server.Authentication);
        Assert.Equal(DirectoryKind.OpenLdap, session.Server.Kind);
        Assert.Equal(security == ConnectionSecurity.None, session.Server.Certificate is null);
        Assert.Equal((SlapdFixture.People, true), (entries.Count, proof.IsComplete));
    }

    [Fact]
    public async Task Connect_Anonymously_Reads()
    {
        await using var session = await Client.ConnectAsync(
            slapd.Plain with { AuthenticationType = AuthenticationType.Anonymous, AdministratorLogin = "" }, null, Reading.Stop);

        Assert.Equal("anonymous bind without TLS", session.Server.Authentication);
        Assert.Single((await session.ReadAllAsync(new SearchRequest(Slapd.Suffix, SearchScope.Base, "(objectClass=*)", []))).Entries);
    }

    [Theory]
    [InlineData("not-the-password")]
    [InlineData("")]
    public async Task Connect_WrongPassword_SaysSoAndDoesNotTellIt(string password)
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => Client.ConnectAsync(slapd.Ldaps, password, Reading.Stop));

        Assert.Equal(DirectoryFailure.InvalidCredentials, failure.Failure);
        Assert.Equal(password.Length == 0 ? null : 49, failure.ResultCode);
        Assert.False(failure.CanRetry);
        Assert.DoesNotContain("not-the-password", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_InClearWithoutLeave_SendsNothing()
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => Client.ConnectAsync(slapd.Plain with { AllowClearText = false }, Slapd.ReaderPassword, Reading.Stop));

        Assert.Equal(DirectoryFailure.StrongerAuthenticationRequired, failure.Failure);
    }

    [Theory]
    [InlineData(ConnectionSecurity.Ldaps)]
    [InlineData(ConnectionSecurity.StartTls)]
    public async Task Connect_CertificateOfAnUnknownAuthority_IsRefused(ConnectionSecurity security)
    {
        var settings = Settings(security) with { TrustedCertificates = null };

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => Client.ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop));

        Assert.Equal(DirectoryFailure.TlsNotTrusted, failure.Failure);
    }

    [Theory]
    [InlineData(ConnectionSecurity.Ldaps)]
    [InlineData(ConnectionSecurity.StartTls)]
    public async Task Connect_CertificateOfAnotherName_IsRefused(ConnectionSecurity security)
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(
            () => Client.ConnectAsync(Settings(security) with { TlsName = "other.example.test" }, Slapd.ReaderPassword, Reading.Stop));

        Assert.Equal(DirectoryFailure.TlsNotTrusted, failure.Failure);
    }

    [Fact]
    public async Task Connect_FirstServerAway_TakesTheSecond()
    {
        await using var session = await Client.ConnectAsync(
            slapd.Plain with { ServerName = $"127.0.0.1:{Ports.Free()}, {slapd.Plain.ServerName}" }, Slapd.ReaderPassword, Reading.Stop);

        Assert.Equal(slapd.Plain.ServerName, session.Server.Endpoint);
    }

    [Fact]
    public async Task Connect_NoServer_SaysThatNoneCanBeReached()
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => Client.ConnectAsync(slapd.Plain with { ServerName = $"127.0.0.1:{Ports.Free()}" }, Slapd.ReaderPassword, Reading.Stop));

        Assert.Equal(DirectoryFailure.Unreachable, failure.Failure);
        Assert.True(failure.CanRetry);
    }

    [Fact]
    public async Task Connect_SilentServer_TimesOut()
    {
        await using var server = new ScriptedServer((_, _) => Task.FromResult(true));

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => Client.ConnectAsync(server.Settings with { TimeoutSeconds = 1 }, null, Reading.Stop));

        Assert.Equal((DirectoryFailure.TimedOut, "bind"), (failure.Failure, failure.Operation));
    }

    [Fact]
    public async Task Search_ServerThatFallsSilent_TimesOut()
    {
        await using var server = Answering(request => [Answers.Entry(request.Id, "CN=a")]);
        await using var session = await Client.ConnectAsync(server.Settings with { TimeoutSeconds = 1 }, null, Reading.Stop);

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => session.ReadAllAsync(Everybody));

        Assert.Equal(DirectoryFailure.TimedOut, failure.Failure);
        Assert.True(failure.CanRetry);
    }

    [Fact]
    public async Task Search_ServerThatHangsUp_IsALostConnection()
    {
        await using var server = new ScriptedServer(async (request, peer) =>
        {
            if (request.Operation != LdapOperation.SearchRequest || ScriptedServer.SearchBase(request).Length == 0)
            {
                return false;
            }

            await peer.SendAsync(Answers.Entry(request.Id, "CN=a"));
            peer.Close();
            return true;
        });
        await using var session = await Client.ConnectAsync(server.Settings, null, Reading.Stop);

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => session.ReadAllAsync(Everybody));

        Assert.Equal(DirectoryFailure.ConnectionLost, failure.Failure);
        Assert.True(failure.CanRetry);
    }

    /// <summary>A server whose searches below its root are answered so.</summary>
    private protected static ScriptedServer Answering(Func<LdapMessage, byte[][]> answer) => new(async (request, peer) =>
    {
        if (request.Operation != LdapOperation.SearchRequest || ScriptedServer.SearchBase(request).Length == 0)
        {
            return false;
        }

        await peer.SendAsync(answer(request));
        return true;
    });

    private ConnectionSettings Settings(ConnectionSecurity security) => security switch
    {
        ConnectionSecurity.Ldaps => slapd.Ldaps,
        ConnectionSecurity.StartTls => slapd.StartTls,
        _ => slapd.Plain,
    };
}
