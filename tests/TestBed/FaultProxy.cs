using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LdapSync.TestBed;

/// <summary>How a search is answered.</summary>
public enum SearchFault
{
    /// <summary>Not at all: the client waits in vain.</summary>
    Silence,

    /// <summary>With the first entry, then the connection is cut.</summary>
    Death,

    /// <summary>With the first entry, then sizeLimitExceeded.</summary>
    SizeLimit,

    /// <summary>With success and no entry.</summary>
    Empty,

    /// <summary>With success and every second entry.</summary>
    Half,
}

/// <summary>
/// Stands between a client and a directory server, message by message (RFC 4511): answers to some searches are spoilt. For connections without TLS.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private const byte SearchRequest = 0x63;
    private const byte SearchEntry = 0x64;
    private const byte SearchDone = 0x65;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly int target;
    private readonly Task accepting;
    private int spoilt;

    public FaultProxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Whether a search is spoilt, by its request as text (names and values in it are readable), and how.</summary>
    public Func<string, SearchFault?> Fault { get; set; } = _ => null;

    /// <summary>How many searches were spoilt.</summary>
    public int Spoilt => Volatile.Read(ref spoilt);

    /// <summary>Cuts all connections and takes no more.</summary>
    public void GoAway()
    {
        stop.Cancel();
        listener.Stop();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        listener.Stop();
        await accepting.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target, stop.Token).ConfigureAwait(false);
                var faults = new Dictionary<string, (SearchFault Fault, int Entries)>(StringComparer.Ordinal);
                var asking = AskAsync(client.GetStream(), server.GetStream(), faults);
                var answering = AnswerAsync(server.GetStream(), client.GetStream(), faults);
                await Task.WhenAny(asking, answering).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Cut, by one side or the other.
            }
        }
    }

    private async Task AskAsync(NetworkStream from, NetworkStream to, Dictionary<string, (SearchFault Fault, int Entries)> faults)
    {
        while (await ReadAsync(from).ConfigureAwait(false) is { } message)
        {
            var (id, operation) = Look(message);
            if (operation == SearchRequest && Fault(Encoding.Latin1.GetString(message)) is { } fault)
            {
                Interlocked.Increment(ref spoilt);
                lock (faults)
                {
                    faults[id] = (fault, 0);
                }
            }

            await to.WriteAsync(message, stop.Token).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to, Dictionary<string, (SearchFault Fault, int Entries)> faults)
    {
        while (await ReadAsync(from).ConfigureAwait(false) is { } message)
        {
            var (id, operation) = Look(message);
            (SearchFault Fault, int Entries) state;
            bool isSpoilt;
            lock (faults)
            {
                isSpoilt = faults.TryGetValue(id, out state);
                if (isSpoilt && operation == SearchEntry)
                {
                    faults[id] = (state.Fault, state.Entries + 1);
                }
            }

            if (isSpoilt && Spoil(state.Fault, state.Entries, operation, id) is var (answer, end))
            {
                if (answer is not null)
                {
                    await to.WriteAsync(answer, stop.Token).ConfigureAwait(false);
                }

                if (end)
                {
                    return;
                }

                continue;
            }

            await to.WriteAsync(message, stop.Token).ConfigureAwait(false);
        }
    }

    /// <summary>What is sent instead, and whether the connection ends; null: the message goes through.</summary>
    private static (byte[]? Answer, bool End)? Spoil(SearchFault fault, int before, byte operation, string id) => fault switch
    {
        SearchFault.Silence => (null, false),
        SearchFault.Death when before > 0 || operation != SearchEntry => (null, true),
        SearchFault.SizeLimit when before > 0 && operation == SearchEntry => (null, false),
        SearchFault.SizeLimit when operation == SearchDone => (Done(Convert.FromHexString(id), 4), false),
        SearchFault.Empty when operation == SearchEntry => (null, false),
        SearchFault.Half when operation == SearchEntry && before % 2 == 1 => (null, false),
        _ => null,
    };

    private static byte[] Done(byte[] id, byte code)
    {
        byte[] operation = [SearchDone, 7, 0x0A, 1, code, 4, 0, 4, 0];
        return [0x30, (byte)(2 + id.Length + operation.Length), 0x02, (byte)id.Length, .. id, .. operation];
    }

    /// <summary>The id of a message in hexadecimal, and the tag of its operation.</summary>
    private static (string Id, byte Operation) Look(byte[] message)
    {
        var offset = 2 + (message[1] < 0x80 ? 0 : message[1] & 0x7F);
        var length = message[offset + 1];
        return (Convert.ToHexString(message, offset + 2, length), message[offset + 2 + length]);
    }

    private async Task<byte[]?> ReadAsync(NetworkStream from)
    {
        var head = new byte[2];
        if (await from.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, stop.Token).ConfigureAwait(false) < 2)
        {
            return null;
        }

        byte[] more = head[1] < 0x80 ? [] : new byte[head[1] & 0x7F];
        await from.ReadExactlyAsync(more, stop.Token).ConfigureAwait(false);
        var length = more.Length == 0 ? head[1] : more.Aggregate(0, (sum, octet) => (sum << 8) | octet);
        var message = new byte[2 + more.Length + length];
        head.CopyTo(message, 0);
        more.CopyTo(message, 2);
        await from.ReadExactlyAsync(message.AsMemory(2 + more.Length), stop.Token).ConfigureAwait(false);
        return message;
    }
}
