using System.Security.Cryptography;
using System.Text;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Authentication;

/// <summary>SASL mechanism DIGEST-MD5 (RFC 2831), without a security layer. The password is not sent; the server's answer is checked.</summary>
internal static class DigestBind
{
    public static async Task<string> SignInAsync(
        LdapTransport transport, ConnectionSettings connection, Credentials credentials, CancellationToken cancellationToken)
    {
        var server = transport.Server;
        var root = await RootDse.ReadAsync(transport, cancellationToken).ConfigureAwait(false);
        SaslMechanisms.Require(root, server, "DIGEST-MD5");
        var bind = new SaslBind(transport, "DIGEST-MD5");
        var (challenge, _) = await bind.StepAsync(null, cancellationToken).ConfigureAwait(false);
        var offer = DigestChallenge.Parse(Encoding.UTF8.GetString(challenge));
        if (!offer.TryGetValue("nonce", out var nonce) || offer.GetValueOrDefault("algorithm") != "md5-sess")
        {
            throw Failures.Protocol(server, "bind", "the DIGEST-MD5 challenge has no nonce, or another algorithm than md5-sess.");
        }

        if (!offer.GetValueOrDefault("qop", "auth").Split(',', StringSplitOptions.TrimEntries).Contains("auth"))
        {
            throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired,
                $"{server}",
                "bind",
                $"{server} wants DIGEST-MD5 with signed messages, which is not offered here: use Basic with SSL or StartTLS, or Kerberos.");
        }

        var answer = new DigestAnswer(
            credentials.User,
            offer.GetValueOrDefault("realm") ?? credentials.Domain,
            credentials.Password,
            nonce,
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            $"ldap/{connection.KerberosTarget ?? connection.TlsName ?? server.Host}");
        var (proof, isDone) = await bind.StepAsync(Encoding.UTF8.GetBytes(answer.Text), cancellationToken).ConfigureAwait(false);
        var says = DigestChallenge.Parse(Encoding.UTF8.GetString(proof)).GetValueOrDefault("rspauth");
        if (says != answer.ServerProof)
        {
            throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired, $"{server}", "bind", $"{server} did not prove that it knows the password.");
        }

        if (!isDone)
        {
            await bind.StepAsync(ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }

        return "DIGEST-MD5";
    }
}
