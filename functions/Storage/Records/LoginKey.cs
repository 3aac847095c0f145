using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LdapSync.Core.Records;

namespace LdapSync.Storage.Records;

/// <summary>
/// A login as a row key. Letters, digits and <c>- . _ @ $</c> stand for themselves; every other UTF-16 unit is <c>~</c> and four hexadecimal
/// digits, so nothing illegal, escaped in addresses, or trimmed by a proxy is left. What would be longer than a key may be ends in its hash.
/// </summary>
internal static class LoginKey
{
    private const int MaxLength = 480;
    private const int KeptLength = 256;

    /// <summary>The row key of a login; equal for logins that are equal (rule U5).</summary>
    public static string Of(string login)
    {
        var normalized = Buckets.NormalizeLogin(login);
        if (normalized.Length == 0)
        {
            throw new ArgumentException("A login must not be empty.", nameof(login));
        }

        var key = new StringBuilder(normalized.Length + 16);
        foreach (var unit in normalized)
        {
            if (char.IsLetterOrDigit(unit) || unit is '-' or '.' or '_' or '@' or '$')
            {
                key.Append(unit);
            }
            else
            {
                key.Append('~').Append(((int)unit).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        // "~~" begins no escape, so a shortened key equals no other.
        return key.Length <= MaxLength
            ? key.ToString()
            : $"{key.ToString(0, KeptLength)}~~{Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(normalized)))}";
    }
}
