using System.Globalization;
using Azure.Data.Tables;
using LdapSync.Core.Licences;
using LdapSync.Core.Records;

namespace LdapSync.Storage.Records;

/// <summary>A run as a row: partition = directory, row = the 16 digits of its id, the latest first.</summary>
internal static class RunEntity
{
    private const long Milliseconds = 0xFFFF_FFFF_FFFF;

    public static string NewId(string directoryId, DateTimeOffset now, int entropy) =>
        string.Create(CultureInfo.InvariantCulture, $"{directoryId}.{Milliseconds - now.ToUnixTimeMilliseconds():x12}{entropy & 0xFFFF:x4}");

    /// <summary>Rows of runs that were started before this sort after it.</summary>
    public static string RowOf(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds - time.ToUnixTimeMilliseconds():x12}ffff");

    public static DateTimeOffset? TimeOf(string runId) => Keys(runId) is var (_, row)
        ? DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds - long.Parse(row.AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        : null;

    /// <summary>Null where the text is not a run's id.</summary>
    public static (string Directory, string Row)? Keys(string runId)
    {
        var dot = runId.LastIndexOf('.');
        return dot > 0 && runId.Length == dot + 17 && !runId.AsSpan(dot + 1).ContainsAnyExcept("0123456789abcdef")
            ? (runId[..dot], runId[(dot + 1)..])
            : null;
    }

    public static TableEntity From(RunRecord run)
    {
        var (directory, row) = Keys(run.Id) ?? throw new ArgumentException("A run's id is {directory}.{16 hexadecimal digits}.");
        var entity = new TableEntity(directory, row)
        {
            ["Mode"] = run.Mode.ToString(),
            ["RequestedMode"] = run.RequestedMode.ToString(),
            ["DryRun"] = run.DryRun,
            ["Trigger"] = run.Trigger.ToString(),
            ["Status"] = run.Status.ToString(),
            ["Phase"] = run.Phase,
            ["Queued"] = EntityFields.Storable(run.Queued),
            ["CancelRequested"] = run.CancelRequested,
        };
        entity.Put("StartedBy", run.StartedBy);
        entity.Put("Started", run.Started);
        entity.Put("Finished", run.Finished);
        entity.Put("PlanHash", run.PlanHash);
        entity.Put("ModeReason", run.ModeReason);
        entity.Put("NotifyEmail", run.NotifyEmail);
        entity.Put("UndoOf", run.UndoOf);
        entity.Put("ApprovalDeadline", run.ApprovalDeadline);
        entity.Put("DecidedBy", run.DecidedBy);
        entity.Put("DecidedAt", run.DecidedAt);
        if (run.Error is not null)
        {
            entity.PutLong("Error", run.Error);
        }

        entity.PutLong("Warnings", RecordJson.Write(run.Warnings));
        entity["Totals"] = RecordJson.Write(run.Totals);
        entity.PutLong("Licences", RecordJson.Write(run.Licences));
        return entity;
    }

    public static RunRecord To(TableEntity row) => new($"{row.PartitionKey}.{row.RowKey}", row.PartitionKey)
    {
        Mode = row.Choice<RunMode>("Mode"),
        RequestedMode = row.Choice<RunMode>("RequestedMode"),
        ModeReason = row.Text("ModeReason"),
        DryRun = row.Flag("DryRun"),
        Trigger = row.Choice<RunTrigger>("Trigger"),
        StartedBy = row.Text("StartedBy"),
        Status = row.Choice<RunStatus>("Status"),
        Phase = row.Text("Phase") ?? "",
        Queued = row.Time("Queued") ?? EntityFields.Earliest,
        Started = row.Time("Started"),
        Finished = row.Time("Finished"),
        CancelRequested = row.Flag("CancelRequested"),
        Error = row.LongText("Error"),
        Warnings = RecordJson.Read<List<string>>(row.LongText("Warnings")),
        Totals = RecordJson.Read<RunTotals>(row.Text("Totals")),
        Licences = RecordJson.Read<List<LicenceForecast>>(row.LongText("Licences")),
        PlanHash = row.Text("PlanHash"),
        NotifyEmail = row.Text("NotifyEmail"),
        UndoOf = row.Text("UndoOf"),
        ApprovalDeadline = row.Time("ApprovalDeadline"),
        DecidedBy = row.Text("DecidedBy"),
        DecidedAt = row.Time("DecidedAt"),
        ETag = row.ETag.ToString(),
    };
}
