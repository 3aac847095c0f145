using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Tests.Scripted;

/// <summary>
/// A server that answers as a test says, for what real servers cannot be made to do. Binds succeed and the root DSE is Active Directory's, unless
/// the test says otherwise.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<LdapMessage, Peer, Task<bool>> answer;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;

    /// <param name="answer">Answers a request; false where the server's usual answer is wanted.</param>
    public ScriptedServer(Func<LdapMessage, Peer, Task<bool>> answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>The operations that clients have asked for.</summary>
    public ConcurrentQueue<LdapMessage> Requests { get; } = new();

    public ConnectionSettings Settings => new()
    {
        ServerName = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}",
        Security = ConnectionSecurity.None,
        AuthenticationType = AuthenticationType.Anonymous,
        TimeoutSeconds = 10,
    };

    public static string SearchBase(LdapMessage search)
    {
        var reader = search.Reader;
        return reader.ReadText();
    }

    /// <summary>The last attribute that a search asks for.</summary>
    public static string Wanted(LdapMessage search) =>
        Encoding.UTF8.GetString(search.Buffer.AsSpan(0, search.End)).Split(';') is [.., var last] ? $"member;{last}" : "";

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
            {
                clients.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        var peer = new Peer(stream, client, stopping.Token);
        var received = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var octets = new ReadOnlySequence<byte>(received.WrittenMemory.ToArray());
                if (LdapMessage.TryRead(ref octets, 1_000_000, out var request))
                {
                    var rest = octets.ToArray();
                    received.Clear();
                    received.Write(rest);
                    Requests.Enqueue(request);
                    if (!await answer(request, peer))
                    {
                        await AnswerAsUsualAsync(request, peer);
                    }

                    continue;
                }

                var got = await stream.ReadAsync(received.GetMemory(4096), stopping.Token);
                if (got == 0)
                {
                    return;
                }

                received.Advance(got);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException
            or System.Formats.Asn1.AsnContentException)
        {
            // The client or the test is done.
        }
    }

    private static async Task AnswerAsUsualAsync(LdapMessage request, Peer peer)
    {
        if (request.Operation == LdapOperation.BindRequest)
        {
            await peer.SendAsync(Answers.BindDone(request.Id));
        }
        else if (request.Operation == LdapOperation.SearchRequest)
        {
            await peer.SendAsync(Answers.Entry(
                request.Id,
                "",
                ("supportedCapabilities", ["1.2.840.113556.1.4.800"]),
                ("namingContexts", ["DC=example,DC=test"]),
                ("supportedControl", ["1.2.840.113556.1.4.841", "1.2.840.113556.1.4.319"])));
            await peer.SendAsync(Answers.SearchDone(request.Id));
        }
    }

    /// <summary>The client's end of a connection.</summary>
    internal sealed class Peer(Stream stream, TcpClient client, CancellationToken stopping)
    {
        public async Task SendAsync(params byte[][] messages)
        {
            foreach (var message in messages)
            {
                await stream.WriteAsync(message, stopping);
            }
        }

        public void Close() => client.Close();
    }
}
