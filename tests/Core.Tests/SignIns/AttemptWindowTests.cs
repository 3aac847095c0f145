using CsCheck;
using LdapSync.Core.SignIns;
using Xunit;

namespace LdapSync.Core.Tests.SignIns;

public sealed class AttemptWindowTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    [Trait("Rule", "I1")]
    public void Add_OverTheLimit_SaysWhenTheOldestLeaves()
    {
        IReadOnlyList<long> attempts = [];
        for (var number = 0; number < 3; number++)
        {
            var added = AttemptWindow.Add(attempts, Begin.AddSeconds(number), 3, TimeSpan.FromMinutes(1));
            Assert.True(added.Allowed);
            attempts = added.Attempts;
        }

        var refused = AttemptWindow.Add(attempts, Begin.AddSeconds(10), 3, TimeSpan.FromMinutes(1));

        Assert.False(refused.Allowed);
        Assert.Equal(TimeSpan.FromSeconds(50), refused.RetryAfter);
        Assert.True(AttemptWindow.Add(attempts, Begin.AddSeconds(10) + refused.RetryAfter, 3, TimeSpan.FromMinutes(1)).Allowed);
    }

    [Fact]
    [Trait("Rule", "I1")]
    public void Add_AnyTimes_NeverMoreThanTheLimitInAnyWindow() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 60], Gen.Int[0, 40].List[0, 60]).Sample((limit, seconds, pauses) =>
        {
            var window = TimeSpan.FromSeconds(seconds);
            var (now, allowed) = (Begin, new List<DateTimeOffset>());
            IReadOnlyList<long> attempts = [];
            foreach (var pause in pauses)
            {
                now = now.AddSeconds(pause);
                var decision = AttemptWindow.Add(attempts, now, limit, window);
                attempts = decision.Attempts;
                Assert.Equal(attempts.Distinct(), attempts);
                if (decision.Allowed)
                {
                    allowed.Add(now);
                    Assert.True(allowed.Count(time => time > now - window) <= limit);
                }
                else
                {
                    // Who waits as told gets in, unless others do before.
                    Assert.True(AttemptWindow.Add(attempts, now + decision.RetryAfter, limit, window).Allowed);
                }
            }
        });
}
