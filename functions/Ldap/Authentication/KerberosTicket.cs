using System.ComponentModel;
using System.Net.Security;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.Ldap.Authentication;

/// <summary>Gets the first token, for which the system's Kerberos asks the key distribution center for tickets.</summary>
internal static class KerberosTicket
{
    // The system's library blocks and reads its configuration each time: one after another, away from the caller's thread.
    private static readonly SemaphoreSlim Asking = new(1);

    public static async Task<byte[]> FirstTokenAsync(
        NegotiateAuthentication context, ServerAddress server, string target, string realm, CancellationToken cancellationToken)
    {
        await Asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        var asking = Task.Run(
            () =>
            {
                try
                {
                    return (Token: context.GetOutgoingBlob(ReadOnlySpan<byte>.Empty, out var status), Status: status);
                }
                finally
                {
                    Asking.Release();
                }
            },
            CancellationToken.None);
        try
        {
            var (token, status) = await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
            return status switch
            {
                NegotiateAuthenticationStatusCode.Completed or NegotiateAuthenticationStatusCode.ContinueNeeded when token is not null => token,
                NegotiateAuthenticationStatusCode.InvalidCredentials or NegotiateAuthenticationStatusCode.UnknownCredentials => throw new DirectoryException(
                    DirectoryFailure.InvalidCredentials,
                    $"{server}",
                    "bind",
                    $"Kerberos realm {realm} refuses the login: login or password is wrong, or there is no key distribution center for the realm ({status})."),
                NegotiateAuthenticationStatusCode.Unsupported => throw new KerberosUnavailableException(
                    "This machine has no Kerberos library (Debian and Ubuntu: package libgssapi-krb5-2)."),
                _ => throw new KerberosUnavailableException($"Realm {realm} gives no ticket for {target} ({status})."),
            };
        }
        catch (Exception exception) when (exception is Win32Exception or DllNotFoundException or EntryPointNotFoundException or PlatformNotSupportedException or TypeInitializationException)
        {
            throw new KerberosUnavailableException($"Realm {realm} gives no ticket for {target}: {exception.Message}", exception);
        }
    }
}
