using System.Buffers;
using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Principal;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Authentication;

/// <summary>Kerberos through SASL mechanism GSSAPI (RFC 4752): sealed without TLS, and bound to the TLS channel with it.</summary>
internal static class KerberosBind
{
    private const byte NoLayer = 1;
    private const byte Sealing = 4;
    private const int WrapOverhead = 256;

    /// <exception cref="KerberosUnavailableException">The server does not offer it or there is no ticket to be had, and nothing was sent to the directory server.</exception>
    /// <exception cref="DirectoryException">The server, or the key distribution center, refuses the login.</exception>
    public static async Task<string> SignInAsync(
        LdapTransport transport, ConnectionSettings connection, Credentials credentials, RootDse root, CancellationToken cancellationToken)
    {
        if (SaslMechanisms.Problem(root, transport.Server, "GSSAPI") is { } problem)
        {
            throw new KerberosUnavailableException($"{problem}.");
        }

        var realm = root.Realm ?? credentials.Domain.ToUpperInvariant();
        var target = connection.KerberosTarget ?? root.DnsHostName ?? transport.Server.Host;
        KerberosEnvironment.Add(realm, connection.KeyDistributionCenter);
        var seal = connection.Security == ConnectionSecurity.None;
        var context = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions
        {
            Package = "Kerberos",
            Credential = credentials.ForKerberos(realm),
            TargetName = $"ldap/{target}",
            RequiredProtectionLevel = seal ? ProtectionLevel.EncryptAndSign : ProtectionLevel.None,
            RequireMutualAuthentication = true,
            AllowedImpersonationLevel = TokenImpersonationLevel.Identification,
            Binding = TlsChannel.BindingOf(transport.Stream),
        });
        try
        {
            var bind = new SaslBind(transport, "GSSAPI");
            var token = await KerberosTicket.FirstTokenAsync(context, transport.Server, $"ldap/{target}", realm, cancellationToken).ConfigureAwait(false);
            var (challenge, isDone) = await bind.StepAsync(token, cancellationToken).ConfigureAwait(false);
            while (!isDone && !context.IsAuthenticated)
            {
                var answer = context.GetOutgoingBlob(challenge, out var status) ?? [];
                if (status is not (NegotiateAuthenticationStatusCode.Completed or NegotiateAuthenticationStatusCode.ContinueNeeded))
                {
                    throw Refused(transport.Server, $"The server's Kerberos answer is not genuine ({status}).");
                }

                (challenge, isDone) = await bind.StepAsync(answer, cancellationToken).ConfigureAwait(false);
            }

            if (isDone || !context.IsMutuallyAuthenticated)
            {
                throw Refused(transport.Server, "The server did not prove with Kerberos who it is.");
            }

            var maxPiece = await AgreeOnLayerAsync(context, bind, challenge, seal, transport.Server, cancellationToken).ConfigureAwait(false);
            if (seal)
            {
                transport.Replace(stream => new SaslStream(stream, new NegotiatedLayer(context, seal: true, maxPiece)), "bind");
                return "Kerberos, signed and sealed,";
            }

            context.Dispose();
            return "Kerberos";
        }
        catch (DirectoryException exception) when (connection.Security != ConnectionSecurity.None && exception.ResultCode is 8 or 53)
        {
            context.Dispose();
            throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired,
                exception.Server,
                exception.Operation,
                $"The server does not take Kerberos within TLS: use Kerberos without SSL (messages are then signed and sealed), or Basic. {exception.Message}",
                exception)
            {
                ResultCode = exception.ResultCode,
            };
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>The last step of RFC 4752, section 3.1: the server offers layers and the length it takes, we choose.</summary>
    private static async Task<int> AgreeOnLayerAsync(
        NegotiateAuthentication context, SaslBind bind, byte[] challenge, bool seal, ServerAddress server, CancellationToken cancellationToken)
    {
        var offer = new ArrayBufferWriter<byte>();
        if (context.Unwrap(challenge, offer, out _) != NegotiateAuthenticationStatusCode.Completed || offer.WrittenCount < 4)
        {
            throw Refused(server, "The server's offer of security layers is not genuine.");
        }

        var wanted = seal ? Sealing : NoLayer;
        if ((offer.WrittenSpan[0] & wanted) == 0)
        {
            throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired,
                $"{server}",
                "bind",
                seal ? $"{server} does not seal messages: use SSL or StartTLS." : $"{server} wants messages sealed within TLS: use Kerberos without SSL.");
        }

        var maxWrapped = BinaryPrimitives.ReadInt32BigEndian(offer.WrittenSpan) & 0x00ffffff;
        var choice = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(choice, seal ? SaslStream.MaxWrapped : 0);
        choice[0] = wanted;
        var wrapped = new ArrayBufferWriter<byte>();
        if (context.Wrap(choice, wrapped, requestEncryption: false, out _) != NegotiateAuthenticationStatusCode.Completed)
        {
            throw Refused(server, "The choice of a security layer could not be signed.");
        }

        await bind.StepAsync(wrapped.WrittenMemory, cancellationToken).ConfigureAwait(false);
        return Math.Max(1024, Math.Min(maxWrapped, 64 * 1024) - WrapOverhead);
    }

    private static DirectoryException Refused(ServerAddress server, string why) =>
        new(DirectoryFailure.StrongerAuthenticationRequired, $"{server}", "bind", $"{server}: {why}");
}

/// <summary>Kerberos cannot be used here; another way to sign in may.</summary>
internal sealed class KerberosUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
