using System.Buffers;
using System.Net.Security;
using LdapSync.Ldap.Connections;

namespace LdapSync.Ldap.Authentication;

/// <summary>Signs, or signs and seals, with the keys of a finished Kerberos or NTLM sign-in.</summary>
internal sealed class NegotiatedLayer(NegotiateAuthentication context, bool seal, int maxPiece) : ISecurityLayer
{
    public int MaxPiece => maxPiece;

    public void Wrap(ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        if (context.Wrap(message, output, seal, out var sealedIndeed) != NegotiateAuthenticationStatusCode.Completed || (seal && !sealedIndeed))
        {
            throw new InvalidDataException("A message could not be signed or sealed.");
        }
    }

    public void Unwrap(ReadOnlySpan<byte> wrapped, IBufferWriter<byte> output)
    {
        if (context.Unwrap(wrapped, output, out var wasSealed) != NegotiateAuthenticationStatusCode.Completed || (seal && !wasSealed))
        {
            throw new InvalidDataException("A message's signature or seal is not the server's.");
        }
    }

    public void Dispose() => context.Dispose();
}
