using LdapSync.Core.Settings;
using LdapSync.TestBed;
using Xunit;

[assembly: AssemblyFixture(typeof(LdapSync.Ldap.Tests.SambaFixture))]

namespace LdapSync.Ldap.Tests;

/// <summary>Two domain controllers with the same data: one that wants SASL without TLS, one that allows it within.</summary>
public sealed class SambaFixture : IAsyncLifetime
{
    public Samba Strict { get; private set; } = null!;

    public Samba Lenient { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Strict = await Samba.StartAsync();
        Lenient = await Samba.StartAsync(StrongAuthentication.AllowSaslOverTls);
    }

    public async ValueTask DisposeAsync()
    {
        await Strict.DisposeAsync();
        await Lenient.DisposeAsync();
    }

    public static ConnectionSettings Settings(Samba samba, ConnectionSecurity security) => new()
    {
        ServerName = samba.Address,
        Security = security,
        AllowClearText = true,
        TrustedCertificates = security == ConnectionSecurity.None ? null : samba.AuthorityPem,
        TlsName = Samba.HostName,
        KerberosTarget = Samba.HostName,
        KeyDistributionCenter = samba.Address,
        AdministratorLogin = Samba.ReaderLogin,
        TimeoutSeconds = 20,
    };
}
