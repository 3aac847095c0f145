using System.Formats.Asn1;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Authentication;

/// <summary>The exchange of one SASL sign-in (RFC 4513, section 5.2).</summary>
internal sealed class SaslBind(LdapTransport transport, string mechanism)
{
    private static readonly Asn1Tag ServerCredentials = new(TagClass.ContextSpecific, 7);

    /// <summary>Sends a response and receives the next challenge, or the end.</summary>
    /// <returns>The server's octets, empty where there are none, and whether it is satisfied.</returns>
    /// <exception cref="LdapSync.Core.Reading.DirectoryException">The server refuses.</exception>
    public async Task<(byte[] Challenge, bool IsDone)> StepAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        var id = transport.NextId();
        var answer = await transport.ExchangeAsync(
            id, Requests.SaslBind(id, mechanism, response), LdapOperation.BindResponse, "bind", cancellationToken).ConfigureAwait(false);
        var reader = answer.Reader;
        var result = LdapResult.Read(ref reader);
        if (result.Code is not (ResultCodes.Success or ResultCodes.SaslBindInProgress))
        {
            throw Failures.FromResult(transport.Server, $"bind with {mechanism}", result);
        }

        return (reader.IsNext(ServerCredentials) ? reader.ReadOctets(ServerCredentials).ToArray() : [], result.Code == ResultCodes.Success);
    }
}
