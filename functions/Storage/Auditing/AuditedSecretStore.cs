using LdapSync.Core.Auditing;
using LdapSync.Storage.Secrets;

namespace LdapSync.Storage.Auditing;

/// <summary>Writes down that a secret was set or removed by hand, by its name; never a value.</summary>
internal sealed class AuditedSecretStore(ISecretStore secrets, AuditStore audit) : ISecretStore
{
    public Task<string?> GetAsync(string name, CancellationToken cancellationToken) => secrets.GetAsync(name, cancellationToken);

    public Task SetAsync(string name, string value, CancellationToken cancellationToken) =>
        audit.ActAsync("secret", AuditAction.Changed, name, null, null, () => Done(secrets.SetAsync(name, value, cancellationToken)), cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        audit.ActAsync("secret", AuditAction.Removed, name, null, null, () => Done(secrets.DeleteAsync(name, cancellationToken)), cancellationToken);

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }
}
