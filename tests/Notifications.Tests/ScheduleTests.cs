using CsCheck;
using LdapSync.Core.Notifications;
using Xunit;

namespace LdapSync.Notifications.Tests;

public sealed class ScheduleTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(1, null, 30)]
    [InlineData(2, null, 60)]
    [InlineData(3, null, 120)]
    [InlineData(7, null, 1920)]
    [InlineData(8, null, 3600)]
    [InlineData(1000, null, 3600)]
    [InlineData(1, 90, 90)]
    [InlineData(1, 5, 30)]
    [InlineData(1, 99999, 3600)]
    public void After_Attempts_DoublesUpToAnHour(int attempts, int? asked, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds), RetrySchedule.After(attempts, First, Longest, asked is null ? null : TimeSpan.FromSeconds(asked.Value)));

    [Fact]
    public void After_AnyNumbers_IsWithinBounds() => Gen.Select(Gen.Int[1, 100_000], Gen.Long[1, long.MaxValue / 4]).Sample((attempts, ticks) =>
    {
        var wait = RetrySchedule.After(attempts, TimeSpan.FromTicks(ticks), Longest);
        Assert.InRange(wait, TimeSpan.FromTicks(Math.Min(ticks, Longest.Ticks)), Longest);
    });

    [Fact]
    [Trait("Rule", "N6")]
    public void Id_SameCause_IsTheSameAndLaterSortsFirst()
    {
        var id = NotificationId.Of(Some.Time, "run:acme.1:closed");
        Assert.Equal(id, NotificationId.Of(Some.Time, "run:acme.1:closed"));
        Assert.NotEqual(id, NotificationId.Of(Some.Time, "run:acme.2:closed"));
        Assert.True(string.CompareOrdinal(NotificationId.Of(Some.Time.AddSeconds(1), "x"), id) < 0);
        Assert.True(NotificationId.IsId(id));
        Assert.Equal(NotificationId.OfDelivery(id, DeliveryChannel.Email, "A@example.test"), NotificationId.OfDelivery(id, DeliveryChannel.Email, "a@EXAMPLE.test"));
        Assert.NotEqual(NotificationId.OfDelivery(id, DeliveryChannel.Email, "acme"), NotificationId.OfDelivery(id, DeliveryChannel.Webhook, "acme"));
    }
}
