using System.Security.Cryptography;
using System.Text;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>GUIDs that are the same for the same name (RFC 9562, version 5).</summary>
internal static class NameGuid
{
    private static readonly byte[] Namespace = new Guid("5d6a3c9e-0d0b-4f7e-9c55-7a0a1f0c4b11").ToByteArray(bigEndian: true);

    public static Guid Of(string name)
    {
        // SHA-1 because version 5 is defined so; nothing depends on its strength.
#pragma warning disable CA5350
        var hash = SHA1.HashData([.. Namespace, .. Encoding.UTF8.GetBytes(name)]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
