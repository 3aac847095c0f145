using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Pages;

/// <summary>
/// Sessions of visitors who signed in with the key: a signed cookie, nothing on the server, so that every instance knows them. Another key ends them all.
/// Forms carry a token made from the session's random part; a foreign page can neither read nor guess it.
/// </summary>
public sealed class PageSessions(IOptions<PageOptions> options, TimeProvider time)
{
    private const string Version = "1";
    private const int SecretLength = 16;

    public bool HasKey => options.Value.Key?.Length >= PageOptions.ShortestKey;

    /// <summary>Compared in a time that does not depend on where they differ.</summary>
    public bool IsKey(string given) => HasKey && CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(options.Value.Key!)));

    public PageVisitor Begin(HttpRequest request) => Write(request, WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(SecretLength)));

    public PageVisitor? Find(HttpRequest request)
    {
        if (!HasKey || !request.Cookies.TryGetValue(CookieName(request), out var cookie) || cookie.Split('.') is not [Version, var expiry, var secret, var signature])
        {
            return null;
        }

        var signed = Encoding.ASCII.GetBytes(Sign($"{Version}.{expiry}.{secret}"));
        if (!CryptographicOperations.FixedTimeEquals(signed, Encoding.UTF8.GetBytes(signature))
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var until))
        {
            return null;
        }

        var left = DateTimeOffset.FromUnixTimeSeconds(until) - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return null;
        }

        // Who comes again stays; the random part too, so that open forms keep their token.
        return left < Duration / 2 ? Write(request, secret) : Visitor(secret);
    }

    public static void End(HttpRequest request) => request.HttpContext.Response.Cookies.Delete(CookieName(request), Cookie(request));

    /// <summary>For visitors whom App Service authentication knows: a cookie with a random part alone.</summary>
    public static string FormSecret(HttpRequest request)
    {
        var name = $"{CookieName(request)}-forms";
        if (request.Cookies.TryGetValue(name, out var secret) && secret.Length == 22)
        {
            return secret;
        }

        secret = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(SecretLength));
        request.HttpContext.Response.Cookies.Append(name, secret, Cookie(request));
        return secret;
    }

    public static string Token(PageVisitor visitor) =>
        WebEncoders.Base64UrlEncode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(visitor.Secret), "ldapsync forms"u8));

    public static bool IsToken(PageVisitor visitor, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Token(visitor)));

    private TimeSpan Duration => TimeSpan.FromHours(Math.Max(1, options.Value.SessionHours));

    private PageVisitor Write(HttpRequest request, string secret)
    {
        var content = string.Create(CultureInfo.InvariantCulture, $"{Version}.{(time.GetUtcNow() + Duration).ToUnixTimeSeconds()}.{secret}");
        request.HttpContext.Response.Cookies.Append(CookieName(request), $"{content}.{Sign(content)}", Cookie(request));
        return Visitor(secret);
    }

    private static PageVisitor Visitor(string secret) => new(new Caller("pages-key", "pages' key", Access.Administrator), secret, ByKey: true);

    private string Sign(string content) => WebEncoders.Base64UrlEncode(HMACSHA256.HashData(
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(options.Value.Key!), 32, info: "ldapsync session"u8.ToArray()),
        Encoding.UTF8.GetBytes(content)));

    private static CookieOptions Cookie(HttpRequest request) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = IsSecure(request), Path = "/", IsEssential = true };

    // Browsers take a name with this prefix only from the host itself, over TLS.
    private static string CookieName(HttpRequest request) => IsSecure(request) ? "__Host-ldapsync" : "ldapsync";

    private static bool IsSecure(HttpRequest request) =>
        request.IsHttps || request.Headers["X-Forwarded-Proto"].ToString().Equals("https", StringComparison.OrdinalIgnoreCase);
}
