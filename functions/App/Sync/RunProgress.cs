using LdapSync.Storage.Records;

namespace LdapSync.App.Sync;

/// <summary>Reports how far a part of a run is, about once a second, and notices there that the run was cancelled.</summary>
public sealed class RunProgress(RunStore runs, TimeProvider time)
{
    public PartReporter Start(string runId, string part, string phase, long total = 0) => new(runs, time, runId, part, phase, total);
}

public sealed class PartReporter(RunStore runs, TimeProvider time, string runId, string part, string phase, long total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long lastReport = long.MinValue;

    /// <exception cref="RunCancelledException">An administrator cancelled the run.</exception>
    public async ValueTask AdvanceAsync(long done, CancellationToken cancellationToken)
    {
        if (lastReport != long.MinValue && time.GetElapsedTime(lastReport) < Interval)
        {
            return;
        }

        lastReport = time.GetTimestamp();
        if (await runs.IsCancelRequestedAsync(runId, cancellationToken))
        {
            throw new RunCancelledException();
        }

        await runs.ReportProgressAsync(runId, part, new PartProgress(phase, done, Math.Max(total, done), Finished: false), cancellationToken);
    }

    public Task FinishAsync(long done, CancellationToken cancellationToken) =>
        runs.ReportProgressAsync(runId, part, new PartProgress(phase, done, done, Finished: true), cancellationToken);
}
