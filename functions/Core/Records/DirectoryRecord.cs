using LdapSync.Core.Settings;

namespace LdapSync.Core.Records;

/// <summary>A directory that is synchronized: its settings and where its synchronization stands.</summary>
/// <param name="Id">A slug: 1 to 40 of <c>a-z 0-9 -</c>, beginning with a letter or digit.</param>
public sealed record DirectoryRecord(string Id)
{
    public required DirectorySettings Settings { get; init; }

    /// <summary>The run that holds the directory, or null. Beside the fixed orchestration instance id, the guard against two runs at a time.</summary>
    public string? ActiveRunId { get; init; }

    /// <summary>When the last successful or failed run finished: the timer counts its interval from here.</summary>
    public DateTimeOffset? LastRunFinished { get; init; }

    /// <summary>The watermark: the latest modification date seen by the last run that succeeded, as the directory tells it.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>When the last run in mode <em>full</em> succeeded.</summary>
    public DateTimeOffset? LastFullRun { get; init; }

    public string? ETag { get; init; }
}
