using System.Net;
using System.Net.Sockets;

namespace LdapSync.TestBed;

/// <summary>Stands between a client and a server and cuts connections in the middle of an answer.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly int target;
    private readonly Task accepting;
    private int connections;

    public CuttingProxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Connections so far; the first is 1.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>How many octets of answers a connection gets, by its number; null: all.</summary>
    public Func<int, long?> Allowance { get; set; } = _ => null;

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
                var client = await listener.AcceptTcpClientAsync(stop.Token).ConfigureAwait(false);
                _ = ServeAsync(client, Interlocked.Increment(ref connections));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, int number)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target, stop.Token).ConfigureAwait(false);
                var asking = client.GetStream().CopyToAsync(server.GetStream(), stop.Token);
                var answering = CopyAsync(server.GetStream(), client.GetStream(), Allowance(number));
                await Task.WhenAny(asking, answering).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Cut, by one side or the other.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, long? allowance)
    {
        var buffer = new byte[4096];
        var left = allowance ?? long.MaxValue;
        int read;
        while (left > 0 && (read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), stop.Token).ConfigureAwait(false)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), stop.Token).ConfigureAwait(false);
            left -= read;
        }
    }
}
