namespace LdapSync.Notifications;

/// <summary>When a delivery that failed is tried again.</summary>
public static class RetrySchedule
{
    /// <param name="attempts">How often it was tried, at least once.</param>
    /// <param name="first">Before the second attempt; doubled each time.</param>
    /// <param name="longest">At most.</param>
    /// <param name="asked">What the other side asked for: not sooner, up to <paramref name="longest"/>.</param>
    public static TimeSpan After(int attempts, TimeSpan first, TimeSpan longest, TimeSpan? asked = null)
    {
        var doublings = Math.Clamp(attempts - 1, 0, 30);
        var wait = first.Ticks > longest.Ticks >> doublings ? longest : TimeSpan.FromTicks(first.Ticks << doublings);
        return asked > wait ? (asked > longest ? longest : asked.Value) : wait;
    }
}
