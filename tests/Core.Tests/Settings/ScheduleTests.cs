using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Settings;

public sealed class ScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(RunMode.Delta, 24, null, RunMode.Full)]
    [InlineData(RunMode.Delta, 24, 23, RunMode.Delta)]
    [InlineData(RunMode.Delta, 24, 24, RunMode.Full)]
    [InlineData(RunMode.Changed, 6, 7, RunMode.Full)]
    [InlineData(RunMode.Delta, 0, null, RunMode.Delta)]
    [InlineData(RunMode.Full, 0, 1, RunMode.Full)]
    public void ModeAt_ByTheAgeOfTheLastFullRun_IsFullWhenThatIsDue(RunMode mode, int fullRunHours, int? ago, RunMode expected) =>
        Assert.Equal(expected, new ScheduleSettings { Mode = mode, FullRunHours = fullRunHours }.ModeAt(ago is { } hours ? Now.AddHours(-hours) : null, Now));
}
