using LdapSync.App.Sync;
using LdapSync.Storage.Auditing;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using Microsoft.Extensions.Options;

namespace LdapSync.App.Operations;

/// <summary>What a purge took away.</summary>
public sealed record Purged(int Runs, int Journals, int Staged, int Audit);

/// <summary>Removes what is older than its retention. A run that is not finished keeps everything; whatever fails is tried again the next day.</summary>
public sealed class Purge(RunStore runs, StagingArea staging, AuditStore audit, IOptions<RetentionOptions> options, TimeProvider time)
{
    public DateTimeOffset InstancesEdge => Edge(options.Value.InstancesDays);

    public async Task<Purged> RunAsync(CancellationToken cancellationToken)
    {
        var (journals, staged) = (0, 0);
        var (journalsEdge, stagingEdge) = (Edge(options.Value.JournalsDays), Edge(options.Value.StagingDays));
        await foreach (var folder in staging.ListFoldersAsync(cancellationToken))
        {
            if (RunStore.TimeOf(folder) is not { } made || made >= Later(stagingEdge, journalsEdge) || await IsOpenAsync(folder, cancellationToken))
            {
                continue;
            }

            if (made < journalsEdge)
            {
                await staging.DeleteFolderAsync(folder, cancellationToken);
                journals++;
            }
            else if (await staging.DeleteFolderAsync(RunFiles.ReadFolder(folder), cancellationToken) > 0)
            {
                staged++;
            }
        }

        return new Purged(
            await runs.PurgeAsync(Edge(options.Value.RunsDays), cancellationToken), journals, staged, await audit.PurgeAsync(Edge(options.Value.AuditDays), cancellationToken));
    }

    private async Task<bool> IsOpenAsync(string runId, CancellationToken cancellationToken) =>
        await runs.GetAsync(runId, cancellationToken) is { Finished: null };

    private DateTimeOffset Edge(int days) => time.GetUtcNow().AddDays(-Math.Max(1, days));

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
