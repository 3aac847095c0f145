namespace LdapSync.Storage.Secrets;

/// <summary>
/// Passwords and private keys, by name. Any text of 1 to 1,000 characters is a name; what a vault's names cannot hold is replaced (see <see cref="SecretName"/>).
/// </summary>
public interface ISecretStore
{
    /// <returns>The value, or null when there is none.</returns>
    /// <exception cref="StorageUnavailableException">The vault does not answer or refuses the identity; names vault and secret.</exception>
    Task<string?> GetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Creates or replaces a secret.</summary>
    Task SetAsync(string name, string value, CancellationToken cancellationToken = default);

    /// <summary>Removes a secret; one that is not there is fine.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken = default);
}
