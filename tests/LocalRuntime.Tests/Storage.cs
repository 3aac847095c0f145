using LdapSync.LocalRuntime.Testing;
using LdapSync.LocalRuntime.Tests;
using LdapSync.TestBed;
using Microsoft.Azure.Functions.Worker.Builder;
using Xunit;

[assembly: AssemblyFixture(typeof(Storage))]

namespace LdapSync.LocalRuntime.Tests;

/// <summary>One emulator for all tests; each test has a task hub of its own.</summary>
public sealed class Storage : IAsyncLifetime
{
    private static int hubs;
    private Azurite azurite = null!;

    public string ConnectionString => azurite.ConnectionString;

    public Azurite Azurite => azurite;

    public static string NewHub() => $"Hub{Interlocked.Increment(ref hubs)}";

    public async ValueTask InitializeAsync() => azurite = await Azurite.StartAsync();

    public ValueTask DisposeAsync() => azurite.DisposeAsync();

    public Task<FunctionsTestHost> StartAsync(
        Type[] functions, string? hub = null, Dictionary<string, string?>? settings = null, Action<FunctionsApplicationBuilder>? configure = null)
    {
        var all = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = ConnectionString,
            ["LocalRuntime:HubName"] = hub ?? NewHub(),
            ["LocalRuntime:Port"] = $"{Ports.Free()}",
        };
        foreach (var (name, value) in settings ?? [])
        {
            all[name] = value;
        }

        return FunctionsTestHost.StartAsync(functions, all, configure);
    }
}
