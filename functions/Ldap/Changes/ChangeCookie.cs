using LdapSync.Core.Reading;

namespace LdapSync.Ldap.Changes;

/// <summary>A cookie as text, <c>method:value</c>, so that one of another method is not taken for ours.</summary>
internal static class ChangeCookie
{
    public static string Write(ChangeMethod method, string value) => $"{method}:{value}";

    public static string Write(ChangeMethod method, ReadOnlySpan<byte> value) => Write(method, Convert.ToBase64String(value));

    /// <summary>The value, or null where the cookie is none of this method.</summary>
    public static string? Read(ChangeMethod method, string? cookie)
    {
        var prefix = $"{method}:";
        return cookie is not null && cookie.StartsWith(prefix, StringComparison.Ordinal) ? cookie[prefix.Length..] : null;
    }

    public static byte[]? ReadOctets(ChangeMethod method, string? cookie)
    {
        var value = Read(method, cookie);
        var octets = new byte[value?.Length ?? 0];
        return value is not null && Convert.TryFromBase64String(value, octets, out var length) ? octets[..length] : null;
    }
}
