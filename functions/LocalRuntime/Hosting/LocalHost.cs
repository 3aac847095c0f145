using System.Text.Json;
using LdapSync.LocalRuntime.Engine;
using LdapSync.LocalRuntime.Http;
using LdapSync.LocalRuntime.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LdapSync.LocalRuntime.Hosting;

/// <summary>Puts the host together.</summary>
internal static class LocalHost
{
    public const string WebApplicationKey = "LdapSync.LocalRuntime.WebApplication";

    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var web = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        LocalSettings.AddTo(web.Configuration);
        web.Logging.ClearProviders();
        web.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
        });
        web.Logging.AddFilter("Microsoft.Hosting", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);
        web.Services.Configure<JsonSerializerOptions>(json => json.PropertyNameCaseInsensitive = true);
        return web;
    }

    /// <exception cref="InvalidOperationException">A function cannot work; the message says which and why.</exception>
    public static WebApplication Build(WebApplicationBuilder web)
    {
        var settings = HostSettings.Read(web.Configuration, LocalSettings.Find("host.json"));
        var source = (FunctionSource?)web.Services.LastOrDefault(service => service.ServiceType == typeof(FunctionSource))?.ImplementationInstance ?? FunctionSource.EntryAssembly();
        var catalog = new FunctionCatalog(source);
        AddServices(web, settings, catalog);
        web.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, settings.Port));
        var app = web.Build();
        AdminEndpoints.Map(app);
        if (NeedsStorage(catalog))
        {
            DurableEndpoints.Map(app);
        }

        if (((IHostApplicationBuilder)web).Properties.ContainsKey(WebApplicationKey))
        {
            HttpFunctions.Map(app);
        }

        return app;
    }

    private static bool NeedsStorage(FunctionCatalog catalog) => catalog.All.Any(function =>
        function.Trigger is not HttpTriggerAttribute
        || function.Method.GetParameters().Any(parameter => parameter.IsDefined(typeof(DurableClientAttribute), inherit: false)));

    private static void AddServices(WebApplicationBuilder web, HostSettings settings, FunctionCatalog catalog)
    {
        var services = web.Services;
        services.AddMvcCore();
        services.AddSingleton(settings);
        services.AddSingleton(catalog);
        services.AddSingleton<FunctionInvoker>();
        services.AddSingleton<HostKeys>();
        services.AddSingleton<HostAddress>();
        services.TryAddSingleton(TimeProvider.System);
        if (!NeedsStorage(catalog))
        {
            return;
        }

        services.AddSingleton<HubTables>();
        services.AddSingleton<DurableData>();
        services.AddSingleton<OrchestratorFunctions>();
        services.AddSingleton<ActivityFunctions>();
        services.AddSingleton<ActivityPool>();
        services.AddSingleton<DurableEngine>();
        services.AddSingleton<DurableTaskClient, LocalDurableClient>();
        services.AddHostedService(provider => provider.GetRequiredService<DurableEngine>());
        services.AddSingleton(new TimerSchedules(TimerSchedules.Read(catalog, web.Configuration)));
        services.AddSingleton<TimerService>();
        services.AddHostedService(provider => provider.GetRequiredService<TimerService>());
    }
}
