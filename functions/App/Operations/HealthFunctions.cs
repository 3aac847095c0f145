using LdapSync.App.Api;
using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Operations;

public sealed record LiveView(string Status);

/// <summary>For load balancers, monitors and people.</summary>
public sealed class HealthFunctions(HealthCheck check)
{
    [Function("GetHealth")]
    [ApiOperation("Whether the service is ready: storage and vault answer; 503 where not", Access = Access.Anybody, Response = typeof(HealthView))]
    public async Task<IResult> GetHealth(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellationToken)
    {
        var health = await check.LookAsync(cancellationToken);
        return ApiCalls.Json(health, health.IsReady ? 200 : 503);
    }

    /// <summary>Restarting helps against a process that hangs, and against nothing else: App Service asks for this one.</summary>
    [Function("GetLive")]
    [ApiOperation("Whether the process answers", Access = Access.Anybody, Response = typeof(LiveView))]
    public static IResult GetLive([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        ApiCalls.Json(new LiveView("live"));
}
