using System.Net.Security;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Connections;

namespace LdapSync.Ldap.Authentication;

/// <summary>NTLM version 2 through SASL mechanism GSS-SPNEGO, by .NET's managed implementation: signed and sealed without TLS.</summary>
internal static class NtlmBind
{
    private const string ManagedSwitch = "System.Net.Security.UseManagedNtlm";
    private const int MaxPiece = 60 * 1024;

    /// <summary>
    /// Chooses .NET's own NTLM over a native library that machines rarely have, unless the application has chosen. .NET looks at this once, before its
    /// first Kerberos or NTLM sign-in.
    /// </summary>
    public static void UseManaged()
    {
        if (!OperatingSystem.IsWindows() && !AppContext.TryGetSwitch(ManagedSwitch, out _))
        {
            AppContext.SetSwitch(ManagedSwitch, true);
        }
    }

    public static async Task<string> SignInAsync(
        LdapTransport transport, ConnectionSettings connection, Credentials credentials, CancellationToken cancellationToken)
    {
        var tls = connection.Security != ConnectionSecurity.None;
        var context = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions
        {
            Package = "NTLM",
            Credential = credentials.ForNtlm(),
            TargetName = $"ldap/{connection.KerberosTarget ?? transport.Server.Host}",
            RequiredProtectionLevel = tls ? ProtectionLevel.None : ProtectionLevel.EncryptAndSign,
            Binding = TlsChannel.BindingOf(transport.Stream),
        });
        try
        {
            await ExchangeAsync(context, new SaslBind(transport, "GSS-SPNEGO"), transport.Server, cancellationToken).ConfigureAwait(false);

            // GSS-SPNEGO has no step to agree on a layer: whoever has agreed to sign does, at once.
            if (context.IsSigned)
            {
                transport.Replace(stream => new SaslStream(stream, new NegotiatedLayer(context, context.IsEncrypted, MaxPiece)), "bind");
                return context.IsEncrypted ? "NTLM, signed and sealed," : "NTLM, signed,";
            }

            context.Dispose();
            return "NTLM";
        }
        catch (DirectoryException exception) when (tls && exception.ResultCode is 8 or 53)
        {
            context.Dispose();
            throw new DirectoryException(
                DirectoryFailure.StrongerAuthenticationRequired,
                exception.Server,
                exception.Operation,
                "NTLM always signs its messages here, and the server does not take that within TLS: use authentication type Basic or Kerberos with "
                + $"SSL or StartTLS, or NTLM without them (messages are then signed and sealed). {exception.Message}",
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

    private static async Task ExchangeAsync(NegotiateAuthentication context, SaslBind bind, ServerAddress server, CancellationToken cancellationToken)
    {
        byte[] challenge = [];
        while (true)
        {
            var token = context.GetOutgoingBlob(challenge, out var status);
            if (status is not (NegotiateAuthenticationStatusCode.Completed or NegotiateAuthenticationStatusCode.ContinueNeeded) || token is null)
            {
                throw new DirectoryException(
                    DirectoryFailure.StrongerAuthenticationRequired, $"{server}", "bind", $"{server}: NTLM cannot be used ({status}).");
            }

            (challenge, var isDone) = await bind.StepAsync(token, cancellationToken).ConfigureAwait(false);
            if (isDone)
            {
                return;
            }
        }
    }
}
