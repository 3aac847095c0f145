using System.Diagnostics;
using LdapSync.Core.Entries;
using LdapSync.Core.Reading;

namespace LdapSync.Ldap.Measuring;

/// <summary>A search that tells how long the directory took.</summary>
internal sealed class MeasuredSearch(IDirectorySearch search, string server, TimeProvider time) : IDirectorySearch
{
    public CompletenessProof Proof => search.Proof;

    public async IAsyncEnumerator<DirectoryEntry> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using var span = DirectoryMetrics.Source.StartActivity("directory search", ActivityKind.Client);
        span?.SetTag("server.address", server);
        var tag = DirectoryMetrics.Server(server);
        var (started, count) = (time.GetTimestamp(), 0L);
        var entries = search.GetAsyncEnumerator(cancellationToken);
        await using (entries.ConfigureAwait(false))
        {
            while (await NextAsync(entries, span).ConfigureAwait(false))
            {
                if (++count == 1)
                {
                    DirectoryMetrics.Latency.Record(time.GetElapsedTime(started).TotalSeconds, tag);
                }

                yield return entries.Current;
            }
        }

        if (count == 0)
        {
            DirectoryMetrics.Latency.Record(time.GetElapsedTime(started).TotalSeconds, tag);
        }

        DirectoryMetrics.Searching.Record(time.GetElapsedTime(started).TotalSeconds, tag);
        DirectoryMetrics.Entries.Add(count, tag);
        span?.SetTag("ldapsync.entries", count);
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<DirectoryEntry> entries, Activity? span)
    {
        try
        {
            return await entries.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            DirectoryMetrics.Failed(server, failure);
            throw;
        }
    }
}
