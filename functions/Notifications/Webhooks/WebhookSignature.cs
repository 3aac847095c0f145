using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LdapSync.Notifications.Webhooks;

/// <summary>
/// Signs a webhook's body: <c>t={seconds since 1970},v1={HMAC-SHA256 in hexadecimal}</c> over the time, a dot and the body, with the directory's key. Who
/// receives it computes the same, compares in constant time, and refuses times that are more than some minutes off.
/// </summary>
public static class WebhookSignature
{
    public const string Header = "X-LdapSync-Signature";

    public static string Of(string key, DateTimeOffset time, ReadOnlySpan<byte> body)
    {
        var seconds = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key));
        hmac.AppendData(Encoding.ASCII.GetBytes($"{seconds}."));
        hmac.AppendData(body);
        return $"t={seconds},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
