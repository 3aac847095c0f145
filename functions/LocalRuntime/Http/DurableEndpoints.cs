using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace LdapSync.LocalRuntime.Http;

/// <summary>The durable web hooks: status, events, suspend, resume, terminate and purge of an instance, with the Durable extension's payloads.</summary>
internal static class DurableEndpoints
{
    public static void Map(WebApplication app)
    {
        var keys = app.Services.GetRequiredService<HostKeys>();
        var hooks = app.MapGroup("/runtime/webhooks/durabletask").AddEndpointFilter(async (context, next) =>
            keys.Allows(context.HttpContext.Request, AuthorizationLevel.System, isDurableHook: true)
                ? await next(context)
                : Results.StatusCode(StatusCodes.Status401Unauthorized));
        var client = app.Services.GetRequiredService<DurableTaskClient>();

        hooks.MapGet("/instances", async (HttpRequest request, CancellationToken cancellation) =>
        {
            List<JsonObject> found = [];
            await foreach (var instance in client.GetAllInstancesAsync(Query(request)).WithCancellation(cancellation))
            {
                found.Add(Describe(instance, Flag(request, "showInput", true)));
            }

            return Results.Json(found);
        });
        hooks.MapGet("/instances/{id}", (string id, HttpRequest request, CancellationToken cancellation) => StatusAsync(client, id, request, cancellation));
        hooks.MapDelete("/instances/{id}", async (string id, CancellationToken cancellation) =>
            await client.GetInstanceAsync(id, cancellation) is null
                ? Results.NotFound()
                : Results.Json(new { instancesDeleted = (await client.PurgeInstanceAsync(id, cancellation)).PurgedInstanceCount }));
        hooks.MapPost("/instances/{id}/raiseEvent/{name}", (string id, string name, HttpRequest request, CancellationToken cancellation) =>
            RaiseAsync(client, id, name, request, cancellation));
        hooks.MapPost("/instances/{id}/terminate", (string id, string? reason, CancellationToken cancellation) =>
            CommandAsync(client, id, () => client.TerminateInstanceAsync(id, reason, cancellation), cancellation));
        hooks.MapPost("/instances/{id}/suspend", (string id, string? reason, CancellationToken cancellation) =>
            CommandAsync(client, id, () => client.SuspendInstanceAsync(id, reason, cancellation), cancellation));
        hooks.MapPost("/instances/{id}/resume", (string id, string? reason, CancellationToken cancellation) =>
            CommandAsync(client, id, () => client.ResumeInstanceAsync(id, reason, cancellation), cancellation));
    }

    private static async Task<IResult> StatusAsync(DurableTaskClient client, string id, HttpRequest request, CancellationToken cancellation)
    {
        if (await client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellation) is not { } instance)
        {
            return Results.NotFound();
        }

        var failedCode = Flag(request, "returnInternalServerErrorOnFailure", false) ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        var code = instance switch
        {
            { RuntimeStatus: OrchestrationRuntimeStatus.Failed } => failedCode,
            { IsCompleted: true } => StatusCodes.Status200OK,
            _ => StatusCodes.Status202Accepted,
        };
        if (code == StatusCodes.Status202Accepted)
        {
            request.HttpContext.Response.Headers.Location = $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}";
            request.HttpContext.Response.Headers.RetryAfter = "10";
        }

        return Results.Json(Describe(instance, Flag(request, "showInput", true)), statusCode: code);
    }

    private static async Task<IResult> RaiseAsync(DurableTaskClient client, string id, string name, HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
        {
            return Results.Json(new { Message = "Only application/json request content is supported" }, statusCode: StatusCodes.Status400BadRequest);
        }

        try
        {
            var payload = await JsonSerializer.DeserializeAsync<JsonElement>(request.Body, cancellationToken: cancellation);
            return await CommandAsync(client, id, () => client.RaiseEventAsync(id, name, payload, cancellation), cancellation);
        }
        catch (JsonException)
        {
            return Results.Json(new { Message = "Invalid JSON content" }, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>404 for an unknown instance, 410 for an ended one.</summary>
    private static async Task<IResult> CommandAsync(DurableTaskClient client, string id, Func<Task> command, CancellationToken cancellation)
    {
        var instance = await client.GetInstanceAsync(id, cancellation);
        if (instance is null || instance.IsCompleted)
        {
            return Results.StatusCode(instance is null ? StatusCodes.Status404NotFound : StatusCodes.Status410Gone);
        }

        try
        {
            await command();
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return Results.NotFound();
        }
    }

    private static JsonObject Describe(OrchestrationMetadata instance, bool showInput) => new()
    {
        ["name"] = instance.Name,
        ["instanceId"] = instance.InstanceId,
        ["runtimeStatus"] = instance.RuntimeStatus.ToString(),
        ["input"] = showInput ? Json(instance.SerializedInput) : null,
        ["customStatus"] = Json(instance.SerializedCustomStatus),
        ["output"] = Json(instance.SerializedOutput),
        ["createdTime"] = $"{instance.CreatedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
        ["lastUpdatedTime"] = $"{instance.LastUpdatedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
    };

    private static JsonNode? Json(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // The text of a failure.
            return JsonValue.Create(text);
        }
    }

    private static bool Flag(HttpRequest request, string name, bool otherwise) => bool.TryParse(request.Query[name], out var value) ? value : otherwise;

    private static OrchestrationQuery Query(HttpRequest request) => new(
        CreatedFrom: DateTimeOffset.TryParse(request.Query["createdTimeFrom"], System.Globalization.CultureInfo.InvariantCulture, out var from) ? from : null,
        CreatedTo: DateTimeOffset.TryParse(request.Query["createdTimeTo"], System.Globalization.CultureInfo.InvariantCulture, out var to) ? to : null,
        Statuses: request.Query["runtimeStatus"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(status => Enum.Parse<OrchestrationRuntimeStatus>(status, ignoreCase: true)).ToList(),
        InstanceIdPrefix: request.Query["instanceIdPrefix"].ToString() is { Length: > 0 } prefix ? prefix : null,
        FetchInputsAndOutputs: true);
}
