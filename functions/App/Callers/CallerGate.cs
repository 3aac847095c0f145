using LdapSync.App.Api;
using LdapSync.Core.Auditing;
using LdapSync.Storage.Auditing;
using Microsoft.AspNetCore.Http;

namespace LdapSync.App.Callers;

/// <summary>Lets callers in whose role allows what they ask for. Whatever is not known is refused.</summary>
public sealed class CallerGate(CallerOptions options, CurrentCaller current, AuditScope audit)
{
    /// <summary>Whether App Service authentication says who calls; otherwise the functions' keys open, and pages need a key of their own.</summary>
    public bool UsesAppService => options.SignIn == SignInKind.AppService;

    /// <summary>Whom App Service authentication names; null: nobody, or it is not in use. For pages, which bring an unknown visitor to sign in.</summary>
    /// <exception cref="ApiException">503: App Service authentication is expected and off.</exception>
    public Caller? FindSignedIn(HttpRequest request)
    {
        if (!UsesAppService)
        {
            return null;
        }

        return options.IsSwitchedOff
            ? throw new ApiException(503, "Sign-in is switched off", "App Service authentication is off although Access__SignIn asks for it: switch it on, or set Access__SignIn to keys.")
            : AppServicePrincipal.Find(request);
    }

    /// <summary>The caller of an API function, allowed to call it.</summary>
    /// <returns>Null where anybody may call.</returns>
    /// <exception cref="ApiException">401: nobody known calls. 403: the role is too low.</exception>
    public Caller? Admit(HttpRequest request)
    {
        var demand = FunctionAccess.Of(request.HttpContext);
        if (demand.Access == Access.Anybody)
        {
            return null;
        }

        // The host has checked the key, but only of a function that asks for one.
        var caller = UsesAppService ? FindSignedIn(request) : demand.HostAsksForKey ? Caller.Key : null;
        Demand(caller ?? throw new ApiException(401, "Not signed in", "Sign in with an account of the organization that has a role here."), demand.Access);
        return caller;
    }

    /// <exception cref="ApiException">403: the role is too low.</exception>
    public static void Demand(Caller caller, Access needed)
    {
        if (caller.Role < needed)
        {
            var has = caller.Role == Access.Anybody ? "none" : NameOf(caller.Role);
            throw new ApiException(403, "Not allowed", $"This needs the role {NameOf(needed)}; the role you have: {has}.");
        }
    }

    /// <summary>From here on the code runs on the caller's behalf: audit records and runs name it. Call it in the method that serves the request.</summary>
    public void ActAs(Caller? caller)
    {
        current.Caller = caller;
        audit.Actor = caller is null ? null : new AuditActor(caller.Id, caller.Name);
    }

    private static string NameOf(Access role) => role.ToString().ToLowerInvariant();
}
