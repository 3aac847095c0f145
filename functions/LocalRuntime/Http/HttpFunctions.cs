using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using LdapSync.LocalRuntime.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LdapSync.LocalRuntime.Http;

/// <summary>Functions as ASP.NET Core endpoints.</summary>
internal static partial class HttpFunctions
{
    /// <exception cref="InvalidOperationException">A function's route belongs to the host.</exception>
    public static void Map(WebApplication app)
    {
        var settings = app.Services.GetRequiredService<HostSettings>();
        foreach (var (function, trigger) in app.Services.GetRequiredService<FunctionCatalog>().With<HttpTriggerAttribute>())
        {
            var route = string.Join('/', new[] { settings.RoutePrefix, trigger.Route ?? function.Name }.Select(part => part.Trim('/')).Where(part => part.Length > 0));
            if (IsReserved(route) || IsReserved(trigger.Route ?? function.Name))
            {
                throw new InvalidOperationException($"Function '{function.Name}': the route '{trigger.Route ?? function.Name}' conflicts with the host's own: the Functions host refuses every route that begins with admin or runtime, whatever the prefix before it.");
            }

            Task Answer(HttpContext http) => AnswerAsync(http, function, trigger);
            var endpoint = trigger.Methods is { Length: > 0 } methods
                ? app.MapMethods("/" + route, methods.Select(method => method.ToUpperInvariant()), (RequestDelegate)Answer)
                : app.Map("/" + route, (RequestDelegate)Answer);
            endpoint.WithDisplayName(function.Name);
        }
    }

    private static bool IsReserved(string route) =>
        route.TrimStart('/').StartsWith("admin", StringComparison.OrdinalIgnoreCase) || route.TrimStart('/').StartsWith("runtime", StringComparison.OrdinalIgnoreCase);

    private static async Task AnswerAsync(HttpContext http, Function function, HttpTriggerAttribute trigger)
    {
        if (!http.RequestServices.GetRequiredService<HostKeys>().Allows(http.Request, trigger.AuthLevel))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            var body = await ReadBodyAsync(http, function, ended.Token);
            var result = await http.RequestServices.GetRequiredService<FunctionInvoker>().InvokeAsync(function, Bind, ended.Token, context => Prepare(context, http));
            await HttpResponder.SendAsync(http, result);

            bool Bind(ParameterInfo parameter, out object? value) => TryBind(parameter, http, body, out value);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
#pragma warning disable CA1031 // whatever a function throws is a 500 without a body
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger($"Function.{function.Name}"), function.Name, e);
            if (!http.Response.HasStarted)
            {
                http.Response.Clear();
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }
            else
            {
                http.Abort();
            }
        }
    }

    private static void Prepare(InvocationContext context, HttpContext http)
    {
        context.Items[FunctionContextExtensions.HttpContextKey] = http;
        foreach (var (name, value) in http.Request.RouteValues)
        {
            context.Data[name] = value;
        }
    }

    private static async Task<object?> ReadBodyAsync(HttpContext http, Function function, CancellationToken cancellation)
    {
        var parameter = function.Method.GetParameters().FirstOrDefault(parameter => parameter.IsDefined(typeof(FromBodyAttribute), inherit: false));
        return parameter is null ? null : await http.Request.ReadFromJsonAsync(parameter.ParameterType, cancellation);
    }

    private static bool TryBind(ParameterInfo parameter, HttpContext http, object? body, out object? value)
    {
        var type = parameter.ParameterType;
        if (type == typeof(HttpRequest))
        {
            value = http.Request;
            return true;
        }

        if (parameter.IsDefined(typeof(FromBodyAttribute), inherit: false))
        {
            value = body;
            return true;
        }

        if (http.Request.RouteValues.TryGetValue(parameter.Name!, out var routed) && routed is not null)
        {
            value = Convert(routed.ToString()!, Nullable.GetUnderlyingType(type) ?? type);
            return true;
        }

        // An optional part of the route that was left out.
        value = null;
        return !parameter.HasDefaultValue && (Nullable.GetUnderlyingType(type) is not null || type == typeof(string));
    }

    private static object? Convert(string text, Type type) =>
        type == typeof(string) ? text : TypeDescriptor.GetConverter(type).ConvertFromString(null, CultureInfo.InvariantCulture, text);

    [LoggerMessage(Level = LogLevel.Error, Message = "HTTP function {Function} failed")]
    private static partial void LogFailed(ILogger logger, string function, Exception exception);
}
