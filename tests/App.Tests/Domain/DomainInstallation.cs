using System.Text;
using System.Text.Json.Nodes;
using LdapSync.App.Sync;
using LdapSync.LocalRuntime.Testing;
using LdapSync.TestBed;

namespace LdapSync.App.Tests.Domain;

/// <summary>One domain controller for the tests of a class.</summary>
public sealed class DomainController : Xunit.IAsyncLifetime
{
    public Samba Samba { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Samba = await Samba.StartAsync();

    public ValueTask DisposeAsync() => Samba.DisposeAsync();

    public Task SetPasswordAsync(string person, string password) => ReplaceAsync(
        person, $"replace: unicodePwd\nunicodePwd:: {Convert.ToBase64String(Encoding.Unicode.GetBytes($"\"{password}\""))}");

    public Task SetAsync(string person, string attribute, string value) => ReplaceAsync(person, $"replace: {attribute}\n{attribute}: {value}");

    private Task ReplaceAsync(string name, string change) => Samba.ModifyAsync($"dn: {name}\nchangetype: modify\n{change}\n\n");
}

/// <summary>The app in this process over a Samba Active Directory domain.</summary>
internal sealed class DomainInstallation : Api, IAsyncDisposable
{
    private static int count;

    private readonly FunctionsTestHost host;
    private readonly Samba samba;
    private readonly TemporaryFolder secrets;

    private DomainInstallation(FunctionsTestHost host, Samba samba, TemporaryFolder secrets)
        : base(host.Http, null!) => (this.host, this.samba, this.secrets) = (host, samba, secrets);

    public static async Task<DomainInstallation> StartAsync(Emulator emulator, DomainController controller)
    {
        var secrets = Repository.NewFolder("secrets");
        var storage = emulator.Azurite.ConnectionString;
        var host = await FunctionsTestHost.StartAsync(
            typeof(RunLdapSynchronization).Assembly, Installation.Settings(storage, storage, $"d{Interlocked.Increment(ref count)}", secrets.Path, Ports.Free()),
            builder => builder.Services.AddLdapSync(builder.Configuration));
        return new DomainInstallation(host, controller.Samba, secrets);
    }

    public override JsonObject SettingsBody(Action<JsonObject>? change = null)
    {
        var body = new JsonObject
        {
            ["preset"] = "activeDirectory",
            ["connection"] = new JsonObject
            {
                ["serverName"] = samba.Address,
                ["security"] = "ldaps",
                ["tlsName"] = Samba.HostName,
                ["trustedCertificates"] = samba.AuthorityPem,
                ["administratorLogin"] = Samba.ReaderLogin,
                ["password"] = Samba.ReaderPassword,
                ["timeoutSeconds"] = 20,
            },
            ["schedule"] = new JsonObject { ["intervalHours"] = 0 },
            ["users"] = new JsonObject { ["searchBase"] = Samba.Suffix },
            ["groups"] = new JsonObject { ["searchBase"] = Samba.Suffix },
        };
        change?.Invoke(body);
        return body;
    }

    public override async Task<JsonNode> EndOfAsync(string runId)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        await host.Client.WaitForInstanceCompletionAsync(SyncStarter.InstanceId(Directory), limit.Token);
        return await GetAsync($"api/runs/{runId}");
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        secrets.Dispose();
    }
}
