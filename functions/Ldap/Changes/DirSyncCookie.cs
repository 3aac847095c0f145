using System.Globalization;
using LdapSync.Core.Reading;

namespace LdapSync.Ldap.Changes;

/// <summary>The server's cookie with the time at which it was given, as <c>DirSync:seconds/base64</c>: deleted entries are kept for a time only.</summary>
/// <param name="Given">The time.</param>
/// <param name="Octets">As the server gave it.</param>
internal sealed record DirSyncCookie(DateTimeOffset Given, byte[] Octets)
{
    public string Text => ChangeCookie.Write(
        ChangeMethod.DirSync, string.Create(CultureInfo.InvariantCulture, $"{Given.ToUnixTimeSeconds()}/{Convert.ToBase64String(Octets)}"));

    /// <summary>Null where it is no such cookie.</summary>
    public static DirSyncCookie? Read(string? text)
    {
        var parts = ChangeCookie.Read(ChangeMethod.DirSync, text)?.Split('/', 2);
        if (parts is not [var seconds, var value] || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            || given > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return null;
        }

        var octets = new byte[value.Length];
        return Convert.TryFromBase64String(value, octets, out var length)
            ? new DirSyncCookie(DateTimeOffset.FromUnixTimeSeconds(given), octets[..length])
            : null;
    }
}
