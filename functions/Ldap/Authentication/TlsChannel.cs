using System.Net.Security;
using System.Security.Authentication.ExtendedProtection;

namespace LdapSync.Ldap.Authentication;

/// <summary>Ties a sign-in to the TLS connection it is made on, so that nobody can pass it on to another (RFC 5929, tls-server-end-point).</summary>
internal static class TlsChannel
{
    public static ChannelBinding? BindingOf(Stream stream) =>
        (stream as SslStream)?.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint);
}
