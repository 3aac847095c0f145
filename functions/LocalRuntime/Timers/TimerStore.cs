using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.LocalRuntime.Timers;

/// <summary>When monitored timers ran last and are due next; a row each.</summary>
internal sealed class TimerStore(TableClient table)
{
    private const string Partition = "timer";

    public Task CreateTableAsync(CancellationToken cancellation) => table.CreateIfNotExistsAsync(cancellation);

    public async Task<ScheduleStatus?> ReadAsync(string function, CancellationToken cancellation)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(Partition, function, cancellationToken: cancellation);
        return !row.HasValue ? null : new ScheduleStatus
        {
            Last = row.Value!.GetDateTimeOffset("Last")?.UtcDateTime ?? default,
            Next = row.Value.GetDateTimeOffset("Next")?.UtcDateTime ?? default,
            LastUpdated = row.Value.GetDateTimeOffset("LastUpdated")?.UtcDateTime ?? default,
        };
    }

    public Task WriteAsync(string function, ScheduleStatus status, CancellationToken cancellation) => table.UpsertEntityAsync(
        new TableEntity(Partition, function)
        {
            ["Last"] = status.Last == default ? null : Utc(status.Last),
            ["Next"] = Utc(status.Next),
            ["LastUpdated"] = Utc(status.LastUpdated),
        },
        TableUpdateMode.Replace,
        cancellation);

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
