using System.Collections.Concurrent;
using Azure;
using Azure.Security.KeyVault.Secrets;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Secrets;

/// <summary>Secrets in a Key Vault. What was read is remembered for a minute; a write by this process is seen at once.</summary>
internal sealed class KeyVaultSecretStore(SecretClient client, TimeProvider time) : ISecretStore
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(60);

    // The vault deletes and recovers behind its answer, within seconds; until then it refuses every other change of the name with 409.
    private static readonly int[] PausesInMilliseconds = [500, 1000, 2000, 4000, 8000];

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
            await ChangeAsync(
                key,
                () => client.SetSecretAsync(key, value, cancellationToken),
                refused: () => RecoverAsync(key, cancellationToken),
                cancellationToken);
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
            await ChangeAsync(key, DeleteOnceAsync, refused: () => Task.CompletedTask, cancellationToken);
        }
        finally
        {
            known.TryRemove(key, out _);
        }

        async Task DeleteOnceAsync()
        {
            try
            {
                await client.StartDeleteSecretAsync(key, cancellationToken);
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                // It is gone already.
            }
        }
    }

    /// <summary>A soft-deleted name must be recovered before it can be set.</summary>
    private async Task RecoverAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await client.StartRecoverDeletedSecretAsync(key, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409)
        {
            // It is still being deleted, or being recovered already: the next attempt shows it.
        }
    }

    private Task<bool> ChangeAsync(string key, Func<Task> change, Func<Task> refused, CancellationToken cancellationToken) => NamedAsync(key, async () =>
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await change();
                return true;
            }
            catch (RequestFailedException e) when (e.Status == 409 && attempt < PausesInMilliseconds.Length)
            {
                await refused();
                await Task.Delay(TimeSpan.FromMilliseconds(PausesInMilliseconds[attempt]), time, cancellationToken);
            }
        }
    });

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
