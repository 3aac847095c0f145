using LdapSync.Core.Records;
using LdapSync.Storage;
using LdapSync.Storage.Records;
using LdapSync.Storage.Secrets;

namespace LdapSync.App.Operations;

/// <summary>How the service is. Anybody may ask, so it names nothing.</summary>
/// <param name="Status">healthy, or unhealthy: what is away is named by the other fields.</param>
/// <param name="Storage">ok or away: the records.</param>
/// <param name="Secrets">ok or away: the key vault.</param>
/// <param name="Directories">How many directories there are.</param>
/// <param name="DirectoryLastSeen">When the last synchronization of the directory that was seen longest ago succeeded; null: one never was, or there is none.</param>
public sealed record HealthView(string Status, string Storage, string Secrets, int Directories, DateTimeOffset? DirectoryLastSeen)
{
    public bool IsReady => Status == "healthy";
}

/// <summary>Looks whether storage and vault answer. Directories that are away make the service no less ready: their runs say so.</summary>
public sealed class HealthCheck(RecordsSetup setup, DirectoryStore directories, RunStore runs, ISecretStore secrets)
{
    private const string AnyName = "health";
    private const int RunsLookedAt = 20;

    public async Task<HealthView> LookAsync(CancellationToken cancellationToken)
    {
        var vault = IsThereAsync(() => secrets.GetAsync(AnyName, cancellationToken));
        IReadOnlyList<DirectoryRecord> known = [];
        DateTimeOffset? seen = null;
        var storage = await IsThereAsync(async () =>
        {
            await setup.EnsureCreatedAsync(cancellationToken);
            known = await directories.ListAsync(cancellationToken);
            var times = await Task.WhenAll(known.Where(directory => !directory.Settings.Schedule.Paused).Select(directory => LastSeenAsync(directory.Id, cancellationToken)));
            seen = times.Length == 0 || times.Contains(null) ? null : times.Min();
            return true;
        });
        return new HealthView(storage && await vault ? "healthy" : "unhealthy", Word(storage), Word(await vault), known.Count, seen);
    }

    private async Task<DateTimeOffset?> LastSeenAsync(string directoryId, CancellationToken cancellationToken)
    {
        await foreach (var run in runs.ListAsync(directoryId, RunsLookedAt, cancellationToken))
        {
            if (run.Status == RunStatus.Completed)
            {
                return run.Finished;
            }
        }

        return null;
    }

    private static async Task<bool> IsThereAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            await ask();
            return true;
        }
        catch (Exception away) when (away is StorageUnavailableException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Word(bool there) => there ? "ok" : "away";
}
