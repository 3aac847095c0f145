using LdapSync.App.Callers;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Api;

/// <summary>What anybody may ask: the description of the API, and whether the service is well.</summary>
public sealed class ServiceFunctions(ApiCalls calls, RoleStore roles)
{
    [Function("GetOpenApi")]
    [ApiOperation("This description", Access = Access.Anybody)]
    public static IResult GetOpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) =>
        Results.Text(OpenApiDocument.Create(typeof(ServiceFunctions).Assembly).ToJsonString(), "application/json");

    [Function("GetHealth")]
    [ApiOperation("Whether the records can be reached", Access = Access.Anybody, Response = typeof(HealthView))]
    public Task<IResult> GetHealth([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await roles.GetAsync("health", cancellationToken);
            return ApiCalls.Json(new HealthView("healthy"));
        });
}

public sealed record HealthView(string Status);
