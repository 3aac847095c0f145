namespace LdapSync.Core.Notifications;

/// <summary>What a notification is about.</summary>
public enum NotificationKind
{
    /// <summary>Rule N1: a run has done its work.</summary>
    RunCompleted,

    /// <summary>Rule N1: a run failed.</summary>
    RunFailed,

    /// <summary>Rule N1: a run was cancelled or its plan rejected.</summary>
    RunStopped,

    /// <summary>Rule N2.</summary>
    LicenceShortage,

    /// <summary>Rule N3: a plan over a limit waits for approval.</summary>
    GuardWaiting,

    /// <summary>Rule N4: a linked group no longer exists.</summary>
    GroupMissing,

    /// <summary>Rule N5.</summary>
    DirectoryUnreachable,

    /// <summary>A message could not be delivered and was given up: said in the feed alone.</summary>
    DeliveryFailed,
}

public enum NotificationSeverity
{
    Information,
    Warning,
    Error,
}

/// <summary>A line of a notification's table.</summary>
public sealed record NotificationFact(string Label, string Value);

/// <summary>What a notification says, as plain text in parts: each channel makes its own form of it.</summary>
/// <param name="Title">One line: the subject of an e-mail.</param>
/// <param name="Text">One paragraph.</param>
public sealed record NotificationContent(string Title, string Text)
{
    public IReadOnlyList<NotificationFact> Facts { get; init; } = [];

    /// <summary>Over <see cref="Items"/>, e.g. <c>Waiting</c>.</summary>
    public string? ItemsTitle { get; init; }

    /// <summary>A list, at most 20.</summary>
    public IReadOnlyList<string> Items { get; init; } = [];

    /// <summary>How many more there are.</summary>
    public int MoreItems { get; init; }

    /// <summary>Where to go on, e.g. <c>Look at the plan</c>.</summary>
    public string? LinkText { get; init; }

    /// <summary>Relative to the installation's address for people (<see cref="MailSettings.LinkBase"/>).</summary>
    public string? LinkPath { get; init; }
}

/// <summary>An entry of the feed.</summary>
/// <param name="Id">See <see cref="NotificationId"/>.</param>
public sealed record Notification(string Id, NotificationKind Kind, NotificationSeverity Severity, DateTimeOffset Created, NotificationContent Content)
{
    public string? DirectoryId { get; init; }

    public string? RunId { get; init; }

    public bool Read { get; init; }
}

public enum DeliveryChannel
{
    Email,
    Webhook,
}

/// <summary>A notification on its way to one recipient: sent once, whatever happens on the way.</summary>
/// <param name="Id">The notification's id and one for the recipient; also the message's own id wherever it goes.</param>
/// <param name="Target">An e-mail address; for a webhook the directory whose webhook it is.</param>
public sealed record Delivery(string Id, DeliveryChannel Channel, string Target)
{
    public DateTimeOffset Created { get; init; }

    /// <summary>When it is tried next. Whoever takes it up puts this beyond the time that sending can take, so that nobody else does.</summary>
    public DateTimeOffset Due { get; init; }

    public int Attempts { get; init; }

    public string? LastError { get; init; }

    /// <summary>Null: on its way, or given up.</summary>
    public DateTimeOffset? Sent { get; init; }

    public bool GivenUp { get; init; }

    public string? ETag { get; init; }

    public string NotificationId => Id[..Id.IndexOf('.', StringComparison.Ordinal)];
}

/// <summary>What was told already, as long as it lasts (N6): a shortage, a missing group, an unreachable directory.</summary>
/// <param name="Key">E.g. <c>group.{role}</c>.</param>
/// <param name="Opened">When it began.</param>
/// <param name="Level">How bad it was when it was last told of, or how often it was counted.</param>
/// <param name="RunId">The run that counted last.</param>
/// <param name="Told">Somebody was notified.</param>
public sealed record NotificationCause(string Key, DateTimeOffset Opened, long Level, string RunId, bool Told);
