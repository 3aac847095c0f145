using Microsoft.Extensions.Configuration;

namespace LdapSync.App.Callers;

/// <summary>How callers are known.</summary>
public enum SignInKind
{
    /// <summary>By function keys, which the host checks; whoever has one is an administrator.</summary>
    Keys,

    /// <summary>By App Service authentication (Entra ID), with the app roles Reader, Operator and Administrator; keys are asked for as well.</summary>
    AppService,
}

/// <summary>The application setting <c>Access__SignIn</c>, and what App Service says about itself.</summary>
/// <param name="SignIn">As set.</param>
/// <param name="IsSwitchedOff">App Service says that its authentication is off: then anybody could send its headers.</param>
public sealed record CallerOptions(SignInKind SignIn, bool IsSwitchedOff = false)
{
    /// <exception cref="InvalidOperationException">The setting is none of its choices.</exception>
    public static CallerOptions Read(IConfiguration configuration) => new(
        configuration["Access:SignIn"] switch
        {
            null or "" or "keys" => SignInKind.Keys,
            "appService" => SignInKind.AppService,
            _ => throw new InvalidOperationException("Access__SignIn must be keys or appService."),
        },
        configuration["WEBSITE_AUTH_ENABLED"] is { Length: > 0 } enabled && !enabled.Equals("true", StringComparison.OrdinalIgnoreCase));
}
