using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Storage.Secrets;

namespace LdapSync.App.Sync;

/// <summary>Opens signed-in connections with the password from the secret store.</summary>
public sealed class DirectorySessions(IDirectoryClient client, ISecretStore secrets)
{
    public static string PasswordName(string directoryId) => $"directory-{directoryId}-password";

    /// <exception cref="DirectoryException">The directory cannot be reached or refuses.</exception>
    public async Task<IDirectorySession> OpenAsync(string directoryId, ConnectionSettings connection, CancellationToken cancellationToken) =>
        await client.ConnectAsync(connection, await secrets.GetAsync(PasswordName(directoryId), cancellationToken), cancellationToken);
}
