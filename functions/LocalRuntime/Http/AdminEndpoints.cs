using LdapSync.LocalRuntime.Hosting;
using LdapSync.LocalRuntime.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace LdapSync.LocalRuntime.Http;

/// <summary>The host's own endpoints under /admin; they take the master key.</summary>
internal static class AdminEndpoints
{
    public static void Map(WebApplication app)
    {
        var catalog = app.Services.GetRequiredService<FunctionCatalog>();
        var settings = app.Services.GetRequiredService<HostSettings>();
        var keys = app.Services.GetRequiredService<HostKeys>();
        var admin = app.MapGroup("/admin").AddEndpointFilter(async (context, next) =>
            keys.Allows(context.HttpContext.Request, AuthorizationLevel.Admin) ? await next(context) : Results.StatusCode(StatusCodes.Status401Unauthorized));

        admin.MapGet("/host/status", () => Results.Json(new { id = "local", state = "Running", version = "LdapSync.LocalRuntime", processUptime = Environment.TickCount64 }));
        admin.MapGet("/functions", () => Results.Json(catalog.All.Select(function => Describe(function, settings))));
        admin.MapGet("/functions/{name}", (string name) => catalog.Find(name) is { } function ? Results.Json(Describe(function, settings)) : Results.NotFound());
        admin.MapPost("/functions/{name}", (string name) => catalog.Find(name) switch
        {
            null => Results.NotFound(),
            { Trigger: TimerTriggerAttribute } when app.Services.GetRequiredService<TimerService>().Fire(name) => Results.StatusCode(StatusCodes.Status202Accepted),
            _ => Results.BadRequest("This host starts timer functions by hand, no others."),
        });
    }

    private static object Describe(Function function, HostSettings settings)
    {
        var http = function.Trigger as HttpTriggerAttribute;
        return new
        {
            name = function.Name,
            invoke_url_template = http is null ? null : $"http://127.0.0.1:{settings.Port}/{settings.RoutePrefix}/{http.Route ?? function.Name}",
            language = "dotnet-isolated",
            isDisabled = false,
            config = new
            {
                entryPoint = function.EntryPoint,
                bindings = new[] { new { name = function.TriggerParameter.Name, type = function.TypeName, direction = "In", methods = http?.Methods, authLevel = http?.AuthLevel.ToString() } },
            },
        };
    }
}
