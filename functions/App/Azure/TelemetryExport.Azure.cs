using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace LdapSync.App.Operations;

public static partial class TelemetryExport
{
    static partial void Export(IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"]))
        {
            return;
        }

        // host.json says "telemetryMode": "OpenTelemetry": the host leaves the worker's telemetry to this exporter.
        services.AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .WithTracing(tracing => tracing.AddSource([.. Telemetry.Sources]))
            .WithMetrics(metrics => metrics.AddMeter([.. Telemetry.Sources]))

            // Alerts look for log lines (infra/modules/alerts.bicep): none may be left out because its trace was.
            .UseAzureMonitorExporter(options => options.EnableTraceBasedLogsSampler = false);
    }
}
