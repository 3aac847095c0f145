using System.Reflection;
using LdapSync.LocalRuntime.Engine;
using LdapSync.LocalRuntime.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LdapSync.LocalRuntime.Testing;

/// <summary>A function app in this process, for tests: its client, its address, its keys.</summary>
public sealed class FunctionsTestHost : IAsyncDisposable
{
    private readonly IHost host;

    private FunctionsTestHost(IHost host)
    {
        this.host = host;
        var settings = host.Services.GetRequiredService<HostSettings>();
        BaseAddress = new Uri($"http://127.0.0.1:{settings.Port}/");
        Http = new HttpClient { BaseAddress = BaseAddress };
        Http.DefaultRequestHeaders.Add("x-functions-key", FunctionKey);
    }

    public IServiceProvider Services => host.Services;

    public DurableTaskClient Client => host.Services.GetRequiredService<DurableTaskClient>();

    public Uri BaseAddress { get; }

    /// <summary>Sends the function key with every request.</summary>
    public HttpClient Http { get; }

    public string MasterKey => host.Services.GetRequiredService<Http.HostKeys>().Master;

    public string FunctionKey => host.Services.GetRequiredService<Http.HostKeys>().Function;

    /// <summary>Starts the functions of an assembly.</summary>
    /// <inheritdoc cref="StartAsync(IReadOnlyList{Type}, IReadOnlyDictionary{string, string}, Action{FunctionsApplicationBuilder})"/>
    public static Task<FunctionsTestHost> StartAsync(
        Assembly functions, IReadOnlyDictionary<string, string?> settings, Action<FunctionsApplicationBuilder>? configure = null) =>
        StartAsync(functions.GetTypes(), settings, configure);

    /// <param name="functions">The classes whose methods are functions.</param>
    /// <param name="settings">
    /// Above all other settings: at least <c>AzureWebJobsStorage</c> and <c>LocalRuntime:Port</c>; without <c>LocalRuntime:MasterKey</c> and
    /// <c>LocalRuntime:FunctionKey</c> keys are made for this host only. <c>LocalRuntime:HubName</c> and <c>LocalRuntime:MaxConcurrentActivities</c>
    /// take the place of what host.json says.
    /// </param>
    /// <param name="configure">Registers the app's services.</param>
    public static async Task<FunctionsTestHost> StartAsync(
        IReadOnlyList<Type> functions, IReadOnlyDictionary<string, string?> settings, Action<FunctionsApplicationBuilder>? configure = null)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemory(new Dictionary<string, string?>
        {
            ["LocalRuntime:MasterKey"] = Guid.NewGuid().ToString("N"),
            ["LocalRuntime:FunctionKey"] = Guid.NewGuid().ToString("N"),
        });
        builder.Configuration.AddInMemory(settings);
        builder.ConfigureFunctionsWebApplication();
        builder.Services.AddSingleton(new FunctionSource(functions));
        configure?.Invoke(builder);
        var host = builder.Build();
        await host.StartAsync();
        return new FunctionsTestHost(host);
    }

    /// <summary>
    /// Runs an instance's orchestrator from its stored history, twice: the same actions must come out as were recorded.
    /// </summary>
    /// <exception cref="ReplayMismatchException">They did not; the message shows the first difference.</exception>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    public Task CheckReplayAsync(string instanceId, CancellationToken cancellation = default) =>
        new ReplayCheck(host.Services.GetRequiredService<DurableEngine>()).RunAsync(instanceId, cancellation);

    /// <summary><see cref="CheckReplayAsync"/> for every instance of the task hub; gives how many there were.</summary>
    public async Task<int> CheckAllReplaysAsync(CancellationToken cancellation = default)
    {
        var count = 0;
        await foreach (var instance in Client.GetAllInstancesAsync().WithCancellation(cancellation))
        {
            await CheckReplayAsync(instance.InstanceId, cancellation);
            count++;
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
