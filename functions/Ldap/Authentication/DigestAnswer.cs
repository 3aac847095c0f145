using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace LdapSync.Ldap.Authentication;

/// <summary>What a client answers to a DIGEST-MD5 challenge (RFC 2831, section 2.1.2), and what the server answers to that.</summary>
[SuppressMessage("Security", "CA5351", Justification = "DIGEST-MD5 is MD5; it is for servers that offer nothing better.")]
internal sealed record DigestAnswer(string User, string Realm, string Password, string Nonce, string ClientNonce, string Uri)
{
    private const string Count = "00000001";

    public string Text
    {
        get
        {
            var realm = Realm.Length > 0 ? $"realm=\"{Quote(Realm)}\"," : "";
            return $"charset=utf-8,username=\"{Quote(User)}\",{realm}nonce=\"{Quote(Nonce)}\",nc={Count},cnonce=\"{ClientNonce}\","
                + $"digest-uri=\"{Quote(Uri)}\",response={Response("AUTHENTICATE:")},qop=auth";
        }
    }

    public string ServerProof => Response(":");

    private string Response(string method)
    {
        var secret = MD5.HashData(Encoding.UTF8.GetBytes($"{User}:{Realm}:{Password}"));
        byte[] first = [.. secret, .. Encoding.UTF8.GetBytes($":{Nonce}:{ClientNonce}")];
        return Hash(Encoding.UTF8.GetBytes($"{Hash(first)}:{Nonce}:{Count}:{ClientNonce}:auth:{Hash(Encoding.UTF8.GetBytes(method + Uri))}"));
    }

    private static string Hash(byte[] octets) => Convert.ToHexStringLower(MD5.HashData(octets));

    private static string Quote(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
