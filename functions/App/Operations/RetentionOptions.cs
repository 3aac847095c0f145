namespace LdapSync.App.Operations;

/// <summary>Application settings <c>Retention__*</c>: days after which the purge takes things away. Each at least one day.</summary>
public sealed class RetentionOptions
{
    /// <summary>Finished orchestrations in durable storage.</summary>
    public int InstancesDays { get; set; } = 7;

    /// <summary>What a run staged and left behind because it was ended from outside.</summary>
    public int StagingDays { get; set; } = 2;

    /// <summary>The journals of runs: their changes and notes, with personal data.</summary>
    public int JournalsDays { get; set; } = 90;

    /// <summary>The records of runs: status and totals.</summary>
    public int RunsDays { get; set; } = 400;

    /// <summary>Audit records.</summary>
    public int AuditDays { get; set; } = 730;
}
