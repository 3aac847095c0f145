using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.TestBed;
using Xunit;

[assembly: AssemblyFixture(typeof(LdapSync.Ldap.Tests.SlapdFixture))]

namespace LdapSync.Ldap.Tests;

/// <summary>One slapd with 2,500 people and some groups for all tests that only read.</summary>
public sealed class SlapdFixture : IAsyncLifetime
{
    public const int People = 2500;

    public Slapd Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await Slapd.StartAsync(new SlapdOptions { WriteLdif = writer => SampleDirectory.Write(writer, People, groups: 40) });

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    public ConnectionSettings Plain => new()
    {
        ServerName = $"127.0.0.1:{Server.Port}",
        Security = ConnectionSecurity.None,
        AllowClearText = true,
        AdministratorLogin = Slapd.ReaderName,
        TimeoutSeconds = 20,
    };

    public ConnectionSettings Ldaps => Plain with
    {
        ServerName = $"127.0.0.1:{Server.TlsPort}",
        Security = ConnectionSecurity.Ldaps,
        TrustedCertificates = Server.Authority.Pem,
    };

    public ConnectionSettings StartTls => Plain with
    {
        Security = ConnectionSecurity.StartTls,
        TrustedCertificates = Server.Authority.Pem,
    };
}

internal static class Reading
{
    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<(List<DirectoryEntry> Entries, CompletenessProof Proof)> ReadAllAsync(this IDirectorySession session, SearchRequest request)
    {
        var search = session.Search(request);
        var entries = new List<DirectoryEntry>();
        await foreach (var entry in search.WithCancellation(Stop))
        {
            entries.Add(entry);
        }

        return (entries, search.Proof);
    }
}
