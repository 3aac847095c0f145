using LdapSync.App.Api;
using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Explanations;

/// <summary>Why a person is, or is not, as expected.</summary>
public sealed class ExplanationFunctions(ApiCalls calls, Explanation explanation)
{
    [Function("Explain")]
    [ApiOperation("What the directory says about a login, what is stored, which rules apply and why, and the last changes", Access = Access.Operator, Response = typeof(ExplanationView), Query = ["login"])]
    public Task<IResult> Explain(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "directories/{directoryId}/explain")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
            ApiCalls.Json(await explanation.ExplainAsync(directoryId, ApiRequest.Text(request, "login"), cancellationToken)));
}
