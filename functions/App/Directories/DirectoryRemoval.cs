using LdapSync.App.Api;
using LdapSync.App.Notifications;
using LdapSync.App.Sync;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.Secrets;
using LdapSync.Storage.State;

namespace LdapSync.App.Directories;

/// <summary>Removes a directory and all that is kept of it but its users. Can be repeated: what an attempt has left behind the next one takes away.</summary>
public sealed class DirectoryRemoval(
    DirectoryStore directories,
    RoleStore roles,
    ISecretStore secrets,
    SyncStateStore states,
    LicenceStateStore licences,
    CollisionStore collisions,
    NotificationStore notifications,
    SignInStore signIns,
    SignInLimitStore signInLimits)
{
    /// <exception cref="ApiException">There is no such directory; or roles are linked to it, or a run holds it.</exception>
    public async Task RemoveAsync(string directoryId, CancellationToken cancellationToken)
    {
        var directory = await directories.GetAsync(ApiText.Key(directoryId, "directory"), cancellationToken);
        string[] secretNames = [DirectorySessions.PasswordName(directoryId), NotificationSecrets.WebhookUrl(directoryId), NotificationSecrets.WebhookKey(directoryId)];
        if (directory is not null)
        {
            await RequireUnusedAsync(directory, cancellationToken);
            await directories.DeleteAsync(directory, cancellationToken);
        }
        else if (!await AnyAsync(secretNames, cancellationToken))
        {
            throw ApiException.NotFound($"directory '{directoryId}'");
        }

        // Secrets last: while there is one, what is left of the directory is found again.
        await states.DeleteAllAsync(directoryId, cancellationToken);
        await licences.DeleteAsync(directoryId, cancellationToken);
        await collisions.DeleteAllAsync(directoryId, cancellationToken);
        await notifications.DeleteCausesAsync(directoryId, cancellationToken);
        await signIns.DeleteOlderAsync(directoryId, DateTimeOffset.MaxValue, cancellationToken);
        await signInLimits.DeleteOlderAsync(directoryId, DateTimeOffset.MaxValue, cancellationToken);
        foreach (var name in secretNames)
        {
            await secrets.DeleteAsync(name, cancellationToken);
        }
    }

    private async Task RequireUnusedAsync(DirectoryRecord directory, CancellationToken cancellationToken)
    {
        if (directory.ActiveRunId is not null)
        {
            throw new ApiException(409, "A synchronization is running", "Wait until it ends, or cancel it.");
        }

        if ((await roles.ListAsync(cancellationToken)).FirstOrDefault(role => role.DirectoryId == directory.Id) is { } linked)
        {
            throw new ApiException(409, "Roles are linked to this directory", $"Unlink '{linked.Name}' and the others first.");
        }
    }

    private async Task<bool> AnyAsync(IEnumerable<string> secretNames, CancellationToken cancellationToken)
    {
        foreach (var name in secretNames)
        {
            if (await secrets.GetAsync(name, cancellationToken) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
