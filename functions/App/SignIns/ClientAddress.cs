using System.Net;
using LdapSync.App.Api;
using Microsoft.AspNetCore.Http;

namespace LdapSync.App.SignIns;

/// <summary>Settings of signing in that belong to the installation.</summary>
public sealed class SignInOptions
{
    /// <summary>
    /// <c>SignIn__TrustedProxies</c>: how many proxies in front of the app add to <c>X-Forwarded-For</c>. Only what they added is believed: what
    /// is left of it the client may have made up.
    /// </summary>
    public int TrustedProxies { get; set; }
}

/// <summary>Where an attempt comes from.</summary>
internal static class ClientAddress
{
    /// <param name="request">The call.</param>
    /// <param name="told">What the caller says about the person it signs in; null: nothing.</param>
    /// <param name="trustedProxies">See <see cref="SignInOptions.TrustedProxies"/>.</param>
    /// <exception cref="ApiException">Told, and no IP address.</exception>
    public static string Of(HttpRequest request, string? told, int trustedProxies)
    {
        if (told is not null)
        {
            return IPAddress.TryParse(told, out var address) ? address.ToString() : throw ApiException.Field("clientAddress", "Not an IP address.");
        }

        var forwarded = request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (trustedProxies > 0 && forwarded.Length >= trustedProxies && Parse(forwarded[^trustedProxies]) is { } client)
        {
            return client.ToString();
        }

        return request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "unknown";
    }

    /// <summary>Azure writes the port behind the address.</summary>
    private static IPAddress? Parse(string text) =>
        IPAddress.TryParse(text, out var address) ? address : IPEndPoint.TryParse(text, out var endpoint) ? endpoint.Address : null;
}
