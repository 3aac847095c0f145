using System.Security.Cryptography;
using System.Text;

namespace LdapSync.Core.Records;

/// <summary>
/// Users are spread over 256 buckets, so that one bucket is one partition and a fan-out over buckets never contends.
/// </summary>
public static class Buckets
{
    public const int Count = 256;

    /// <summary>The id of the user that a directory user becomes: the same at every attempt, so importing twice is importing once.</summary>
    /// <returns>32 lower-case hexadecimal digits: the start of SHA-256 over directory id, a zero byte and LDAP id.</returns>
    public static string UserIdFor(string directoryId, string ldapId)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash($"{directoryId}\0{ldapId}", hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>The bucket of a directory user, 0 to 255: the one that <see cref="UserIdFor"/> begins with.</summary>
    public static int OfLdapId(string directoryId, string ldapId)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash($"{directoryId}\0{ldapId}", hash);
        return hash[0];
    }

    /// <summary>The bucket that a user's record is in, 0 to 255.</summary>
    public static int OfUserId(string userId) => Convert.ToInt32(userId[..2], 16);

    /// <summary>The bucket of a login in the index of logins; logins compare without case (rule U5).</summary>
    public static int OfLogin(string login)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash(NormalizeLogin(login), hash);
        return hash[0];
    }

    /// <summary>
    /// A login as it is compared: without case. Composed and decomposed characters stay different, like in directories that compare octets; and no
    /// Unicode tables of the machine are asked, so that the index has the same keys wherever it is written.
    /// </summary>
    public static string NormalizeLogin(string login) => login.ToLowerInvariant();

    /// <summary>A bucket as a partition key: two hexadecimal digits.</summary>
    public static string Key(int bucket) => bucket.ToString("x2", System.Globalization.CultureInfo.InvariantCulture);

    private static void Hash(string text, Span<byte> hash)
    {
        Span<byte> utf8 = text.Length <= 256 ? stackalloc byte[1024] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = Encoding.UTF8.GetBytes(text, utf8);
        SHA256.HashData(utf8[..length], hash);
    }
}
