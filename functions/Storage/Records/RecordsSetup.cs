using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Records;

/// <summary>Creates the tables and containers where they are missing.</summary>
public sealed class RecordsSetup
{
    private readonly StorageClients clients;
    private readonly Lock gate = new();
    private Task? created;

    internal RecordsSetup(StorageClients clients) => this.clients = clients;

    /// <summary>Idempotent, and remembered: after the first success a process does not ask again.</summary>
    /// <exception cref="StorageUnavailableException">The account cannot be reached.</exception>
    public Task EnsureCreatedAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            // Shared by all callers, so no caller's token may end it.
            if (created is null || created.IsFaulted || created.IsCanceled)
            {
                created = CreateAsync();
            }

            return created.WaitAsync(cancellationToken);
        }
    }

    private Task CreateAsync() => Task.WhenAll(
    [
        .. StorageNames.Tables.Select(name => clients.Table(name).CreateIfNotExistsAsync() as Task),
        .. StorageNames.Containers.Select(name => clients.Container(name).CreateIfNotExistsAsync() as Task),
    ]);
}
