using LdapSync.Storage.Records;

namespace LdapSync.App.SignIns;

/// <summary>Takes attempts to sign in away after the days that each directory's settings keep them, and counters that no window reaches any more.</summary>
public sealed class SignInPurge(RecordsSetup setup, DirectoryStore directories, SignInStore audit, SignInLimitStore limits, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await setup.EnsureCreatedAsync(cancellationToken);
        foreach (var directory in await directories.ListAsync(cancellationToken))
        {
            var settings = directory.Settings.SignIn;
            await audit.DeleteOlderAsync(directory.Id, time.GetUtcNow().AddDays(-settings.AuditDays), cancellationToken);
            await limits.DeleteOlderAsync(directory.Id, time.GetUtcNow().AddMinutes(-settings.WindowMinutes), cancellationToken);
        }
    }
}
