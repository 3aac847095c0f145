using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LdapSync.Core.Notifications;

/// <summary>
/// Rule N6: ids that follow from the cause, so that telling of it twice is telling of it once. They begin with the inverted time: later ones sort first.
/// </summary>
public static class NotificationId
{
    /// <summary>Characters of the time: milliseconds before the end of what twelve hexadecimal digits hold.</summary>
    public const int TimeLength = 12;

    private const long Milliseconds = 0xFFFF_FFFF_FFFF;

    /// <param name="time">Of the cause; the same at every attempt.</param>
    /// <param name="cause">E.g. <c>run:{id}:closed</c>.</param>
    public static string Of(DateTimeOffset time, string cause) => TimeKey(time) + Hash(cause, 8);

    /// <param name="notificationId">Of the notification.</param>
    /// <param name="channel">How it is sent.</param>
    /// <param name="target">To whom; e-mail addresses compare without case.</param>
    public static string OfDelivery(string notificationId, DeliveryChannel channel, string target) =>
        $"{notificationId}.{Hash($"{channel}\0{target.ToLowerInvariant()}", 6)}";

    /// <summary>What ids of this time begin with.</summary>
    public static string TimeKey(DateTimeOffset time) =>
        (Milliseconds - time.ToUnixTimeMilliseconds()).ToString("x12", CultureInfo.InvariantCulture);

    public static bool IsId(string text) => text.Length == TimeLength + 16 && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");

    private static string Hash(string text, int bytes) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));
}
