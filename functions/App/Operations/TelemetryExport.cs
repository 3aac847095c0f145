using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LdapSync.App.Operations;

/// <summary>Sends logs, traces and metrics to Azure Monitor, in the build that has its exporter; elsewhere nothing listens.</summary>
public static partial class TelemetryExport
{
    public static IServiceCollection AddTelemetryExport(this IServiceCollection services, IConfiguration configuration)
    {
        Export(services, configuration);
        return services;
    }

    static partial void Export(IServiceCollection services, IConfiguration configuration);
}
