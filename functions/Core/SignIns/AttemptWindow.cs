namespace LdapSync.Core.SignIns;

/// <summary>Whether one more attempt is allowed.</summary>
/// <param name="Allowed">The attempt may be made.</param>
/// <param name="Attempts">To be kept: those of the window, with this one where it is allowed. Ascending.</param>
/// <param name="RetryAfter">When not allowed: until the oldest attempt leaves the window.</param>
public readonly record struct AttemptDecision(bool Allowed, IReadOnlyList<long> Attempts, TimeSpan RetryAfter);

/// <summary>A sliding window over attempts: in no window of this length are there more than the limit (rule I1). Times are UTC ticks.</summary>
public static class AttemptWindow
{
    public static AttemptDecision Add(IReadOnlyList<long> attempts, DateTimeOffset now, int limit, TimeSpan window)
    {
        var begin = (now - window).UtcTicks;

        // A clock of another instance may be ahead: what seems to be in the future counts too.
        var recent = attempts.Where(attempt => attempt > begin).Order().ToList();
        if (recent.Count >= limit)
        {
            // Room for one more is there when so many have left that fewer than the limit remain.
            var leaving = recent[recent.Count - limit];
            return new AttemptDecision(false, recent, TimeSpan.FromTicks(Math.Clamp(leaving - begin, TimeSpan.TicksPerSecond, window.Ticks)));
        }

        // Each attempt has a time of its own, by which it can be taken back.
        var time = Math.Max(now.UtcTicks, recent.Count == 0 ? 0 : recent[^1] + 1);
        return new AttemptDecision(true, [.. recent, time], TimeSpan.Zero);
    }
}
