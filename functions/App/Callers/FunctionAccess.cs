using System.Collections.Frozen;
using LdapSync.App.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Callers;

/// <param name="Access">Who may call the function.</param>
/// <param name="HostAsksForKey">Whether the host lets nobody through without a key.</param>
public sealed record FunctionDemand(Access Access, bool HostAsksForKey);

/// <summary>What each HTTP function asks of its caller, from its attributes.</summary>
public static class FunctionAccess
{
    private static readonly FunctionDemand Unknown = new(Access.Administrator, HostAsksForKey: false);

    private static readonly FrozenDictionary<string, FunctionDemand> ByName = OpenApiDocument.Functions(typeof(FunctionAccess).Assembly)
        .ToFrozenDictionary(
            function => function.Name,
            function => new FunctionDemand(function.Description?.Access ?? Access.Administrator, function.Trigger.AuthLevel != AuthorizationLevel.Anonymous),
            StringComparer.Ordinal);

    /// <summary>
    /// Of the function that a request was routed to. The host's endpoints have their function's name as display name; whatever is not known by it
    /// is for administrators, and no key was asked for.
    /// </summary>
    public static FunctionDemand Of(HttpContext context) =>
        context.GetEndpoint()?.DisplayName is { } name ? ByName.GetValueOrDefault(name, Unknown) : Unknown;
}
