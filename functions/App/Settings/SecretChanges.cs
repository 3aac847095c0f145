using LdapSync.Storage;
using LdapSync.Storage.Secrets;

namespace LdapSync.App.Settings;

/// <summary>Writes several secrets, or none: where one cannot be written, those before it become what they were.</summary>
internal sealed class SecretChanges(ISecretStore secrets)
{
    /// <param name="changes">By name; null: stays as it is; empty: is taken away.</param>
    /// <exception cref="StorageUnavailableException">The vault does not answer or refuses.</exception>
    public async Task WriteAsync(IReadOnlyList<(string Name, string? Value)> changes)
    {
        var written = new List<(string Name, string Before)>();
        try
        {
            foreach (var (name, value) in changes.Where(change => change.Value is not null))
            {
                var before = await secrets.GetAsync(name, CancellationToken.None) ?? "";
                if (before != value)
                {
                    written.Add((name, before));
                    await SetAsync(name, value!);
                }
            }
        }
        catch
        {
            foreach (var (name, before) in written)
            {
                await TakeBackAsync(name, before);
            }

            throw;
        }
    }

    private async Task TakeBackAsync(string name, string before)
    {
        try
        {
            await SetAsync(name, before);
        }
        catch (StorageUnavailableException)
        {
            // What is told is the first failure.
        }
    }

    private Task SetAsync(string name, string value) =>
        value.Length == 0 ? secrets.DeleteAsync(name, CancellationToken.None) : secrets.SetAsync(name, value, CancellationToken.None);
}
