using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LdapSync.App.Callers;

/// <summary>
/// Reads the principal that App Service authentication puts into a header. App Service takes this header from whatever comes from outside, but only
/// while its authentication is on: <see cref="CallerGate"/> asks only then.
/// </summary>
internal static class AppServicePrincipal
{
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    private const int MaxLength = 64 * 1024;
    private const string RoleClaim = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
    private static readonly string[] IdClaims = ["http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"];
    private static readonly string[] NameClaims = ["preferred_username", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "name", "azp", "appid"];

    /// <summary>The caller; null where there is no principal of Entra ID, or a malformed one.</summary>
    public static Caller? Find(HttpRequest request)
    {
        // One header, not several: what a proxy adds beside must not decide.
        if (request.Headers[Header] is not [{ Length: > 0 and <= MaxLength } text])
        {
            return null;
        }

        try
        {
            using var principal = JsonDocument.Parse(Convert.FromBase64String(text));
            return Read(principal.RootElement);
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static Caller? Read(JsonElement principal)
    {
        if (principal.GetProperty("auth_typ").GetString() != "aad")
        {
            return null;
        }

        var roleType = principal.TryGetProperty("role_typ", out var named) ? named.GetString() : null;
        var claims = principal.GetProperty("claims").EnumerateArray()
            .Select(claim => (Type: claim.GetProperty("typ").GetString(), Value: claim.GetProperty("val").GetString()))
            .ToList();
        if (First(IdClaims) is not { } id)
        {
            return null;
        }

        var role = claims.Where(claim => claim.Type is "roles" or RoleClaim || (claim.Type is not null && claim.Type == roleType))
            .Select(claim => RoleOf(claim.Value)).DefaultIfEmpty(Access.Anybody).Max();
        return new Caller(id, First(NameClaims) ?? id, role);

        string? First(string[] types) => types
            .Select(type => claims.Find(claim => claim.Type == type).Value)
            .FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
    }

    // Values as in infra/appRoles.json; a role that is not ours gives nothing.
    private static Access RoleOf(string? value) => value switch
    {
        nameof(Access.Administrator) => Access.Administrator,
        nameof(Access.Operator) => Access.Operator,
        nameof(Access.Reader) => Access.Reader,
        _ => Access.Anybody,
    };
}
