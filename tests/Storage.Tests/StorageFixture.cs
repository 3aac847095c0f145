using LdapSync.Storage.Records;
using LdapSync.Storage.Tests;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

[assembly: AssemblyFixture(typeof(StorageFixture))]

namespace LdapSync.Storage.Tests;

/// <summary>One Azurite for all tests; each test class takes tables of its own by a prefix.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    private static int prefixes;

    public Azurite Azurite { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Azurite = await Azurite.StartAsync();

    public ValueTask DisposeAsync() => Azurite?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Stores with new, empty tables, straight or through a proxy.</summary>
    public async Task<ServiceProvider> StoresAsync(TableProxy? proxy = null)
    {
        var stores = Stores(proxy?.ConnectionString ?? Azurite.ConnectionString, $"T{Interlocked.Increment(ref prefixes)}");
        await stores.GetRequiredService<RecordsSetup>().EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return stores;
    }

    public static ServiceProvider Stores(string connectionString, string prefix = "Some") => new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddLdapSyncStorage(options => (options.ConnectionString, options.TablePrefix) = (connectionString, prefix))
        .BuildServiceProvider();
}
