using System.Collections.Concurrent;
using Azure;
using Azure.Security.KeyVault.Secrets;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Secrets;

/// <summary>Secrets in a Key Vault. What was read is remembered for a minute; a write by this process is seen at once.</summary>
internal sealed class KeyVaultSecretStore(SecretClient client, TimeProvider time) : ISecretStore
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, (string? Value, DateTimeOffset Until)> known = new(StringComparer.Ordinal);

    public static KeyVaultSecretStore Connect(StorageOptions options, TimeProvider time) =>
        new(new SecretClient(options.KeyVaultUri, StorageClients.Credential(options), Harden(new SecretClientOptions())), time);

    public static SecretClientOptions Harden(SecretClientOptions options)
    {
        StorageClients.Harden(options, new UnavailablePolicy("The key vault", "Key Vault Secrets Officer"), TimeSpan.FromSeconds(8));
        return options;
    }

    public async Task<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        var key = SecretName.Of(name);
        if (known.TryGetValue(key, out var found) && time.GetUtcNow() < found.Until)
        {
            return found.Value;
        }

        var value = await NamedAsync(key, async () =>
        {
            try
            {
                return (await client.GetSecretAsync(key, cancellationToken: cancellationToken)).Value.Value;
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                return null;
            }
        });
        known[key] = (value, time.GetUtcNow() + Remembered);
        return value;
    }

    public async Task SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        var key = SecretName.Of(name);
        try
        {
            await NamedAsync(key, async () =>
            {
                try
                {
                    await client.SetSecretAsync(key, value, cancellationToken);
                }
                catch (RequestFailedException e) when (e.Status == 409)
                {
                    // The name is soft-deleted: it must be recovered before it can be set.
                    var recovery = await client.StartRecoverDeletedSecretAsync(key, cancellationToken);
                    await recovery.WaitForCompletionAsync(cancellationToken);
                    await client.SetSecretAsync(key, value, cancellationToken);
                }

                return true;
            });
        }
        finally
        {
            known.TryRemove(key, out _);
        }
    }

    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var key = SecretName.Of(name);
        try
        {
            await NamedAsync(key, async () =>
            {
                try
                {
                    await client.StartDeleteSecretAsync(key, cancellationToken);
                }
                catch (RequestFailedException e) when (e.Status == 404)
                {
                    // It is gone already.
                }

                return true;
            });
        }
        finally
        {
            known.TryRemove(key, out _);
        }
    }

    /// <summary>Says in every error which secret of which vault it is about; the service's own text never has the value.</summary>
    private async Task<T> NamedAsync<T>(string key, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (StorageUnavailableException e)
        {
            throw new StorageUnavailableException($"The secret '{key}' in {client.VaultUri}: {e.Message}", e);
        }
        catch (RequestFailedException e)
        {
            throw new StorageUnavailableException($"The secret '{key}' in {client.VaultUri}: the vault answered {e.Status} {e.ErrorCode}.", e);
        }
    }
}
