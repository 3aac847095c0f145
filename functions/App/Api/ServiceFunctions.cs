using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Api;

/// <summary>What anybody may ask: the description of the API.</summary>
public sealed class ServiceFunctions
{
    [Function("GetOpenApi")]
    [ApiOperation("This description", Access = Access.Anybody)]
    public static IResult GetOpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) =>
        Results.Text(OpenApiDocument.Create(typeof(ServiceFunctions).Assembly).ToJsonString(), "application/json");
}
