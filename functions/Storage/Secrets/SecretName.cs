using System.Security.Cryptography;
using System.Text;

namespace LdapSync.Storage.Secrets;

/// <summary>Names as Key Vault takes them: 1 to 127 letters, digits and hyphens, without case. Files follow the same rule.</summary>
internal static class SecretName
{
    private const int MaxLength = 127;
    private const string Legal = "abcdefghijklmnopqrstuvwxyz0123456789-";

    /// <summary>A legal lower-case name is itself; any other gets hyphens for what is illegal and the start of its hash, so two names stay two.</summary>
    public static string Of(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 1000, nameof(name));
        if (name.Length <= MaxLength && !name.AsSpan().ContainsAnyExcept(Legal))
        {
            return name;
        }

        var kept = new StringBuilder();
        foreach (var character in name.ToLowerInvariant().Take(90))
        {
            kept.Append(Legal.Contains(character, StringComparison.Ordinal) ? character : '-');
        }

        return $"{kept}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8))}";
    }
}
