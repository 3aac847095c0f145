using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Servers that are away, that die, and that are not who they should be.</summary>
public sealed class FailoverTests(SlapdFixture slapd)
{
    private static readonly SearchRequest Everybody = new($"ou=people,{Slapd.Suffix}", SearchScope.OneLevel, "(objectClass=inetOrgPerson)", []);

    [Fact]
    public async Task Connect_WithFirstServerAway_UsesTheSecond()
    {
        var settings = slapd.Plain with { ServerName = $"127.0.0.1:{Ports.Free()}, nowhere.invalid, {slapd.Plain.ServerName}" };

        await using var session = await new LdapDirectoryClient().ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop);

        Assert.Equal(slapd.Plain.ServerName, session.Server.Endpoint);
    }

    [Fact]
    public async Task Connect_WithNoServerThere_GivesAnAccountOfEach()
    {
        var refused = $"127.0.0.1:{Ports.Free()}";

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(
            slapd.Plain with { ServerName = $"{refused},nowhere.invalid" }, Slapd.ReaderPassword, Reading.Stop));

        Assert.Contains($"{refused} cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.Contains("nowhere.invalid has no address", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.CanRetry);
    }

    [Fact]
    public async Task Connect_WithWrongPassword_DoesNotTryTheNextServer()
    {
        var settings = slapd.Plain with { ServerName = $"{slapd.Plain.ServerName},127.0.0.1:{Ports.Free()}" };

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(settings, "wrong", Reading.Stop));

        Assert.Equal(DirectoryFailure.InvalidCredentials, failure.Failure);
        Assert.Equal(slapd.Plain.ServerName, failure.Server);
    }

    [Fact]
    public async Task Search_OnServerThatIsKilled_LosesTheConnectionAndWorksAgainLater()
    {
        await using var own = await Slapd.StartAsync(new SlapdOptions { WriteLdif = writer => SampleDirectory.Write(writer, people: 3000, groups: 1) });
        var settings = slapd.Plain with { ServerName = $"127.0.0.1:{own.Port}" };
        var client = new LdapDirectoryClient();
        await using var session = await client.ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop);

        var failure = await Assert.ThrowsAsync<DirectoryException>(async () =>
        {
            var search = session.Search(Everybody with { PageSize = 100 });
            await foreach (var entry in search.WithCancellation(Reading.Stop))
            {
                await own.KillAsync();
            }
        });
        await own.StartAgainAsync();
        await using var again = await client.ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop);
        var (entries, _) = await again.ReadAllAsync(Everybody);

        Assert.Equal(DirectoryFailure.ConnectionLost, failure.Failure);
        Assert.Equal(3000, entries.Count);
    }

    [Fact]
    public async Task Search_Cancelled_OnRealServer_StopsAndLeavesTheConnectionUsable()
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var entry in session.Search(Everybody).WithCancellation(stop.Token))
            {
                await stop.CancelAsync();
            }
        });
        var (entries, proof) = await session.ReadAllAsync(Everybody);

        Assert.Equal(SlapdFixture.People, entries.Count);
        Assert.True(proof.IsComplete);
    }

    [Fact]
    public async Task Connect_BeyondTheCap_WaitsForAPlace()
    {
        var client = new LdapDirectoryClient();
        var settings = slapd.Plain with { MaxConnections = 1 };
        var first = await client.ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop);

        var second = client.ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop);
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();

        await using var session = await second;
        Assert.Equal(DirectoryKind.OpenLdap, session.Server.Kind);
    }

    [Theory]
    [InlineData("wrong authority", "is not among the trusted certificates")]
    [InlineData("wrong name", "not for elsewhere.example.test")]
    [InlineData("wrong pin", "not the pinned one")]
    public async Task Tls_ThatIsNotTrusted_IsRefusedWithReason(string what, string reason)
    {
        using var stranger = new TestAuthority("Stranger");
        foreach (var security in new[] { slapd.Ldaps, slapd.StartTls })
        {
            var settings = what switch
            {
                "wrong authority" => security with { TrustedCertificates = stranger.Pem },
                "wrong name" => security with { TlsName = "elsewhere.example.test" },
                _ => security with { PinnedCertificate = new string('0', 64) },
            };

            var failure = await Assert.ThrowsAsync<DirectoryException>(
                () => new LdapDirectoryClient().ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop));

            Assert.Equal(DirectoryFailure.TlsNotTrusted, failure.Failure);
            Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tls_WithExpiredCertificate_IsRefusedUnlessItIsPinned()
    {
        using var authority = new TestAuthority();
        var now = TimeProvider.System.GetUtcNow();
        var (pem, key) = authority.Issue("localhost", ["127.0.0.1"], now.AddYears(-2), now.AddYears(-1));
        using var certificate = X509Certificate2.CreateFromPem(pem, key);
        var pin = Convert.ToHexString(SHA256.HashData(certificate.RawData));

        var refused = await ConnectAsync(certificate, authority.Pem, null);
        var pinned = await ConnectAsync(certificate, null, pin);

        Assert.Equal(DirectoryFailure.TlsNotTrusted, refused.Failure);
        Assert.Contains("it is valid from", refused.Message, StringComparison.Ordinal);
        Assert.Equal(DirectoryFailure.ConnectionLost, pinned.Failure); // the handshake is done, and then this server hangs up
    }

    [Fact]
    public async Task Ldaps_OnPortInClear_SaysThatItIsNotTls()
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(
            slapd.Ldaps with { ServerName = slapd.Plain.ServerName }, Slapd.ReaderPassword, Reading.Stop));

        Assert.Equal(DirectoryFailure.TlsNotTrusted, failure.Failure);
        Assert.Contains("does not speak TLS", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Basic_InClear_NeedsPermission()
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(
            slapd.Plain with { AllowClearText = false }, Slapd.ReaderPassword, Reading.Stop));

        Assert.Contains("sends the password in clear", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Connects to a TLS server with a certificate of the test's, which hangs up after the handshake.</summary>
    private static async Task<DirectoryException> ConnectAsync(X509Certificate2 certificate, string? authorities, string? pin)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Reading.Stop);
            await using var tls = new SslStream(client.GetStream());
            try
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Reading.Stop);
                await tls.ReadAtLeastAsync(new byte[1], 1, false, Reading.Stop);
            }
            catch (Exception exception) when (exception is AuthenticationException or IOException)
            {
                // The client refused the certificate.
            }
        });
        var settings = new ConnectionSettings
        {
            ServerName = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}",
            AuthenticationType = AuthenticationType.Anonymous,
            TrustedCertificates = authorities,
            PinnedCertificate = pin,
        };
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(settings, null, Reading.Stop));
        await serving;
        return failure;
    }
}
