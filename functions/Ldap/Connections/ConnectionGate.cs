using System.Collections.Concurrent;
using LdapSync.Core.Settings;

namespace LdapSync.Ldap.Connections;

/// <summary>Keeps the connections of this process to one directory to the number that its settings allow.</summary>
internal sealed class ConnectionGate
{
    private readonly ConcurrentDictionary<(string Servers, int Limit), SemaphoreSlim> gates = new();

    /// <summary>Waits for a free place; disposing of what is returned frees it, once.</summary>
    public async Task<IDisposable> EnterAsync(ConnectionSettings connection, CancellationToken cancellationToken)
    {
        var limit = Math.Max(1, connection.MaxConnections);
        var gate = gates.GetOrAdd((connection.ServerName, limit), key => new SemaphoreSlim(key.Limit));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Place(gate);
    }

    private sealed class Place(SemaphoreSlim gate) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                gate.Release();
            }
        }
    }
}
