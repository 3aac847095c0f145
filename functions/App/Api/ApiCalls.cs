using LdapSync.App.Callers;
using LdapSync.Storage.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Api;

/// <summary>Serves a request: the caller may do this, the tables exist, and whatever goes wrong is answered with problem details that say what to do.</summary>
public sealed partial class ApiCalls(CallerGate gate, RecordsSetup setup, ILogger<ApiCalls> logger)
{
    public async Task<IResult> RunAsync(HttpRequest request, Func<CancellationToken, Task<IResult>> serve)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        try
        {
            gate.ActAs(gate.Admit(request));
            await setup.EnsureCreatedAsync(cancellationToken);
            return await serve(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Results.StatusCode(499);
        }
        catch (Exception failure) when (ApiFailures.Explain(failure) is { } problem)
        {
            return Problem(problem);
        }
        catch (Exception unexpected)
        {
            // The message may quote what was sent; type and place are enough to find the cause.
            LogUnexpected(logger, request.Method, request.Path, unexpected.GetType().FullName ?? "", unexpected.StackTrace ?? "");
            return Problem(ApiFailures.Unexpected);
        }
    }

    public static IResult Json<T>(T value, int status = 200) => Results.Json(value, ApiJson.Options, statusCode: status);

    private static IResult Problem(ApiException problem)
    {
        var body = new Dictionary<string, object?>
        {
            ["type"] = "about:blank",
            ["title"] = problem.Title,
            ["status"] = problem.Status,
        };
        if (problem.Detail is not null)
        {
            body["detail"] = problem.Detail;
        }

        if (problem.Errors.Count > 0)
        {
            body["errors"] = problem.Errors;
        }

        foreach (var (name, value) in problem.Extensions)
        {
            body[name] = value;
        }

        return Results.Json(body, ApiJson.Options, "application/problem+json", problem.Status);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path}: unexpected {Type} at {Place}")]
    private static partial void LogUnexpected(ILogger logger, string method, string path, string type, string place);
}
