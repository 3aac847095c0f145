namespace LdapSync.LocalRuntime.Tests;

/// <summary>The system's clock, moved by an offset; its timers run at the usual pace.</summary>
internal sealed class Clock(DateTimeOffset start) : TimeProvider
{
    private readonly long began = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(began);
}
