using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Connections;

/// <summary>Opens the way to one server: TCP, then TLS at once or after StartTLS, or none.</summary>
internal sealed class Dialer(LdapClientOptions options)
{
    public async Task<(LdapTransport Transport, string? Certificate)> DialAsync(
        ServerAddress server, ConnectionSettings connection, X509Certificate2? clientCertificate, CancellationToken cancellationToken)
    {
        var certificate = connection.Security == ConnectionSecurity.None ? null : new ServerCertificate(server, connection);
        Stream stream = new NetworkStream(await ConnectAsync(server, cancellationToken).ConfigureAwait(false), ownsSocket: true);
        try
        {
            if (connection.Security == ConnectionSecurity.Ldaps)
            {
                stream = await SecureAsync(server, stream, certificate!, clientCertificate, cancellationToken).ConfigureAwait(false);
            }

            var transport = new LdapTransport(server, stream, options.MaxMessageLength);
            if (connection.Security == ConnectionSecurity.StartTls)
            {
                await StartTlsAsync(transport, cancellationToken).ConfigureAwait(false);
                transport.RefuseEarlyOctets("StartTLS"); // before the handshake would stumble over them
                stream = await SecureAsync(server, stream, certificate!, clientCertificate, cancellationToken).ConfigureAwait(false);
                transport.Replace(_ => stream, "StartTLS");
            }

            return (transport, certificate?.Description);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Socket> ConnectAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)options.KeepAlive.TotalSeconds);
            await socket.ConnectAsync(server.Host, server.Port, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> SecureAsync(
        ServerAddress server, Stream stream, ServerCertificate certificate, X509Certificate2? clientCertificate, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(certificate.Options(clientCertificate), cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch (AuthenticationException exception) when (certificate.Refusal is { } refusal)
        {
            throw new DirectoryException(
                DirectoryFailure.TlsNotTrusted, $"{server}", "TLS handshake", $"TLS with {server} was refused: {refusal}.", exception);
        }
        catch (IOException exception)
        {
            throw new DirectoryException(
                DirectoryFailure.TlsNotTrusted,
                $"{server}",
                "TLS handshake",
                $"{server} does not speak TLS, or closed the connection during the handshake: check port and SSL setting. {exception.Message}",
                exception);
        }
    }

    private static async Task StartTlsAsync(LdapTransport transport, CancellationToken cancellationToken)
    {
        var id = transport.NextId();
        var answer = await transport.ExchangeAsync(
            id, Requests.Extended(id, Requests.StartTlsOid), LdapOperation.ExtendedResponse, "StartTLS", cancellationToken).ConfigureAwait(false);
        var result = LdapResult.Read(answer);
        if (result.Code != ResultCodes.Success)
        {
            throw Failures.FromResult(transport.Server, "StartTLS", result);
        }
    }
}
