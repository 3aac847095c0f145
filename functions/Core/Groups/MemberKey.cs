using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LdapSync.Core.Entries;

namespace LdapSync.Core.Groups;

/// <summary>
/// What a member value of a group and the user it means have in common: 128 bits of SHA-256 over the normalized name or login. Lists of members are
/// joined with users by it, so neither has to be in memory as a whole.
/// </summary>
public static class MemberKey
{
    /// <summary>Of a distinguished name; a <c>uniqueMember</c> may end in <c>#'0101'B</c> (RFC 4517, section 3.3.21), which is passed over.</summary>
    public static UInt128 OfName(string name) => Hash('n', DistinguishedName.KeyOf(WithoutUid(name)));

    /// <summary>Of a login in <c>memberUid</c>, compared without case like <c>uid</c>.</summary>
    public static UInt128 OfLogin(string login) => Hash('l', login.Trim().ToLowerInvariant());

    /// <summary>The bucket that a key is joined in, 0 to 255.</summary>
    public static int BucketOf(UInt128 key) => (int)(key >> 120);

    /// <summary>Whether a value of <c>uniqueMember</c> has a unique identifier behind the name (RFC 4517, section 3.3.21).</summary>
    public static bool HasUid(string value) => WithoutUid(value).Length < value.Length;

    private static string WithoutUid(string value) =>
        value.EndsWith("'B", StringComparison.Ordinal) && value.LastIndexOf("#'", StringComparison.Ordinal) is > 0 and var hash ? value[..hash] : value;

    private static UInt128 Hash(char kind, string text)
    {
        var length = Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
        Span<byte> utf8 = length <= 1024 ? stackalloc byte[length] : new byte[length];
        utf8[0] = (byte)kind;
        var written = Encoding.UTF8.GetBytes(text, utf8[1..]);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(utf8[..(written + 1)], digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
