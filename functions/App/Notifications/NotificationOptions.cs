namespace LdapSync.App.Notifications;

/// <summary>Application settings <c>Notifications__*</c>.</summary>
public sealed class NotificationOptions
{
    /// <summary>Seconds that one message may take, from connecting to the other side's word that it has it.</summary>
    public int SendSeconds { get; set; } = 60;

    /// <summary>Seconds for which whoever takes up a delivery has it for himself; at least twice <see cref="SendSeconds"/> is used. After that a killed process's work is taken up again.</summary>
    public int LeaseSeconds { get; set; } = 150;

    /// <summary>Seconds before the second attempt; doubled each time, to an hour at most.</summary>
    public int RetrySeconds { get; set; } = 30;

    /// <summary>Hours after which a delivery is given up; the feed says so.</summary>
    public double GiveUpHours { get; set; } = 48;

    /// <summary>Days that the feed is kept.</summary>
    public int KeepDays { get; set; } = 180;

    public TimeSpan SendTime => TimeSpan.FromSeconds(SendSeconds);

    public TimeSpan Lease => TimeSpan.FromSeconds(Math.Max(LeaseSeconds, 2 * SendSeconds));
}
