using LdapSync.Core.Records;

namespace LdapSync.AdminPages.Overview;

/// <param name="Waiting">What needs a person, the most urgent first.</param>
public sealed record OverviewModel(IReadOnlyList<DirectoryModel> Directories, IReadOnlyList<NeedModel> Waiting)
{
    public bool AnyLinkedRole { get; init; }
}

/// <param name="Urgent">People are locked out, or will be.</param>
public sealed record NeedModel(string Title, string Text, string Link, string LinkText, bool Urgent = false);

/// <summary>A directory at a glance.</summary>
public sealed record DirectoryModel(string Id, string Server)
{
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>Null: only by hand.</summary>
    public DateTimeOffset? NextRun { get; init; }

    public bool Paused { get; init; }

    /// <summary>Collisions without an answer.</summary>
    public int Collisions { get; init; }

    /// <summary>The run that goes on, with its progress.</summary>
    public Runs.RunModel? Active { get; init; }

    /// <summary>Something moves; a run that waits for a person does not.</summary>
    public bool IsLive => Active is { Record.Status: not RunStatus.WaitingForApproval };

    /// <summary>The latest first.</summary>
    public IReadOnlyList<RunRecord> Recent { get; init; } = [];
}
