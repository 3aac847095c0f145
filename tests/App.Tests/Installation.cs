using System.Text.Json.Nodes;
using LdapSync.App.Sync;
using LdapSync.LocalRuntime.Testing;
using LdapSync.TestBed;
using Microsoft.Azure.Functions.Worker.Builder;
using Xunit;

namespace LdapSync.App.Tests;

/// <summary>
/// A storage emulator for the tests of a class; each has tables of its own. Not one for all: after ten minutes it tidies up what was overwritten, blob by blob
/// with its indexes made anew for each, and after thousands of blobs answers nobody for as long.
/// </summary>
public sealed class Emulator : IAsyncLifetime
{
    public Azurite Azurite { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Azurite = await Azurite.StartAsync();

    public ValueTask DisposeAsync() => Azurite.DisposeAsync();
}

/// <summary>The app in this process with tables, keys and secrets of its own, an OpenLDAP server of its own, and a storage proxy that counts.</summary>
internal sealed class Installation : Api, IAsyncDisposable
{
    /// <summary>Signs in to the admin pages.</summary>
    public const string PageKey = "a-key-for-the-pages-of-this-test";

    private static int count;

    private readonly TemporaryFolder secrets;

    private Installation(FunctionsTestHost host, Slapd slapd, TableProxy storage, TemporaryFolder secrets)
        : base(host.Http, slapd) => (Host, Storage, this.secrets) = (host, storage, secrets);

    public FunctionsTestHost Host { get; }

    public TableProxy Storage { get; }

    public static async Task<Installation> StartAsync(
        Emulator emulator, People people, string slapdConfiguration = "", string slapdAccess = "", IReadOnlyDictionary<string, string?>? settings = null,
        Action<FunctionsApplicationBuilder>? configure = null)
    {
        var slapd = await Slapd.StartAsync(new SlapdOptions { Ldif = people.ToLdif(), Configuration = slapdConfiguration, Access = slapdAccess });
        var storage = await TableProxy.StartAsync(emulator.Azurite);
        var secrets = Repository.NewFolder("secrets");
        var all = Settings(emulator.Azurite.ConnectionString, storage.ConnectionString, $"t{Interlocked.Increment(ref count)}", secrets.Path, Ports.Free());
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            all[name] = value;
        }

        var host = await FunctionsTestHost.StartAsync(
            typeof(RunLdapSynchronization).Assembly, all, builder =>
            {
                builder.Services.AddLdapSync(builder.Configuration);
                configure?.Invoke(builder);
            });
        return new Installation(host, slapd, storage, secrets);
    }

    /// <param name="hub">Storage of the host itself.</param>
    /// <param name="storage">Storage of the records.</param>
    /// <param name="prefix">Of tables and task hub.</param>
    /// <param name="secrets">Folder.</param>
    /// <param name="port">Of the app.</param>
    public static Dictionary<string, string?> Settings(string hub, string storage, string prefix, string secrets, int port) => new()
    {
        ["AzureWebJobsStorage"] = hub,
        ["Records__ConnectionString"] = storage,
        ["Records__TablePrefix"] = prefix,
        ["Secrets__Folder"] = secrets,
        ["AdminPages__Key"] = PageKey,
        ["LocalRuntime__HubName"] = prefix,
        ["LocalRuntime__Port"] = $"{port}",
        ["SyncSchedule"] = "0 0 0 1 1 *",
        ["PurgeSchedule"] = "0 0 0 1 1 *",
        ["NotificationSchedule"] = "* * * * * *",
        ["Notifications__RetrySeconds"] = "1",
        ["Notifications__SendSeconds"] = "6",
        ["Notifications__LeaseSeconds"] = "12",
        ["Sync__RetrySeconds"] = "1",
        ["Logging__LogLevel__Default"] = "Critical",
    };

    public override async Task<JsonNode> EndOfAsync(string runId)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        await Host.Client.WaitForInstanceCompletionAsync(SyncStarter.InstanceId(Directory), limit.Token);
        return await GetAsync($"api/runs/{runId}");
    }

    /// <summary>Writes to the tables of records: what rule G3 allows an unchanged directory none of.</summary>
    public long RecordWrites => new[] { "Users", "Logins", "Roles", "Members", "Accounts", "JobTitles", "Links", "Licences" }.Sum(Storage.WritesTo);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Storage.DisposeAsync();
        await Slapd.DisposeAsync();
        secrets.Dispose();
    }
}
