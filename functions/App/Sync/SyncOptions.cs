namespace LdapSync.App.Sync;

/// <summary>Application settings <c>Sync__*</c>.</summary>
public sealed class SyncOptions
{
    /// <summary>Seconds before the second attempt of a step that failed; the third waits three times as long.</summary>
    public int RetrySeconds { get; set; } = 5;

    /// <summary>Users that one planning activity takes at the most, roughly.</summary>
    public int UsersPerRange { get; set; } = 8000;

    /// <summary>How far mode <em>changed</em> looks back before the watermark: clocks of directory servers differ, and their dates have whole seconds.</summary>
    public int OverlapMinutes { get; set; } = 10;
}
