using System.Globalization;
using CsCheck;
using LdapSync.Core.Mapping;
using Xunit;

namespace LdapSync.Core.Tests.Mapping;

public sealed class TimeTests
{
    private static readonly Gen<DateTime> Moment = Gen.DateTime[new DateTime(2, 1, 1), new DateTime(9998, 12, 31)];

    [Theory]
    [InlineData("20260102030405.0Z", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("20260102030405Z", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("199412161032Z", "1994-12-16T10:32:00.0000000Z")]
    [InlineData("199412160532-0500", "1994-12-16T10:32:00.0000000Z")]
    [InlineData("2026010203Z", "2026-01-02T03:00:00.0000000Z")]
    [InlineData("2026010203.5Z", "2026-01-02T03:30:00.0000000Z")]
    [InlineData("202601020304,25Z", "2026-01-02T03:04:15.0000000Z")]
    [InlineData("20260102030405.1234567899999999999999999Z", "2026-01-02T03:04:05.1234567Z")]
    [InlineData("20260102030405+01", "2026-01-02T02:04:05.0000000Z")]
    [InlineData("20260102000000+0130", "2026-01-01T22:30:00.0000000Z")]
    [InlineData("20161231235960Z", "2017-01-01T00:00:00.0000000Z")]
    [InlineData("20240229000000Z", "2024-02-29T00:00:00.0000000Z")]
    public void GeneralizedTime_Known_IsTheMoment(string text, string expected)
    {
        Assert.True(GeneralizedTime.TryParse(text, out var time));
        Assert.Equal(expected, time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture));
        Assert.Equal(TimeSpan.Zero, time.Offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20260102030405")]
    [InlineData("20260102Z")]
    [InlineData("20261302030405Z")]
    [InlineData("20260002030405Z")]
    [InlineData("20260100030405Z")]
    [InlineData("20260229000000Z")]
    [InlineData("20260102240000Z")]
    [InlineData("20260102036000Z")]
    [InlineData("20260102030461Z")]
    [InlineData("20260102030405.Z")]
    [InlineData("20260102030405.0")]
    [InlineData("20260102030405z")]
    [InlineData("20260102030405Z ")]
    [InlineData(" 20260102030405Z")]
    [InlineData("20260102030405+1")]
    [InlineData("20260102030405+24")]
    [InlineData("20260102030405+0160")]
    [InlineData("20260102030405+010203")]
    [InlineData("2026010203040Z")]
    [InlineData("+2260102030405Z")]
    [InlineData("00000101000000Z")]
    [InlineData("00010101000000+01")]
    [InlineData("99991231235959-01")]
    [InlineData("99991231235960Z")]
    [InlineData("2026-01-02T03:04:05Z")]
    public void GeneralizedTime_Other_IsRefused(string text) => Assert.False(GeneralizedTime.TryParse(text, out _));

    [Fact]
    public void GeneralizedTime_WrittenWithAnyOffsetAndFraction_IsReadBack() =>
        Gen.Select(Moment, Gen.Int[0, 7], Gen.Int[-14 * 60, 14 * 60]).Sample((moment, digits, minutes) =>
        {
            var step = (long)Math.Pow(10, 7 - digits);
            var time = new DateTime(moment.Ticks - (moment.Ticks % step), DateTimeKind.Utc);
            var local = time.AddMinutes(minutes);
            var text = local.ToString("yyyyMMddHHmmss" + (digits == 0 ? "" : "." + new string('f', digits)), CultureInfo.InvariantCulture)
                + (minutes == 0 ? "Z" : $"{(minutes < 0 ? '-' : '+')}{Math.Abs(minutes) / 60:00}{Math.Abs(minutes) % 60:00}");
            Assert.True(GeneralizedTime.TryParse(text, out var read), text);
            Assert.Equal(time, read.UtcDateTime);
        });

    [Fact]
    public void GeneralizedTime_Formatted_IsReadBackToTheSecond() => Moment.Sample(moment =>
    {
        var time = new DateTimeOffset(moment.Ticks, TimeSpan.Zero);
        Assert.True(GeneralizedTime.TryParse(GeneralizedTime.Format(time), out var read));
        Assert.Equal(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), read.Ticks);
    });

    [Fact]
    public void GeneralizedTime_AnyText_NeverThrows() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["0123456789.,Z+-"], 0, 24]).Sample(text => { _ = GeneralizedTime.TryParse(text, out _); });

    [Theory]
    [InlineData("0", null)]
    [InlineData("9223372036854775807", null)]
    [InlineData("2650467744000000000", null)]
    [InlineData("116444736000000000", "1970-01-01T00:00:00.0000000Z")]
    [InlineData("1", "1601-01-01T00:00:00.0000001Z")]
    public void WindowsFileTime_Known_IsTheMoment(string text, string? expected)
    {
        Assert.True(WindowsFileTime.TryParse(text, out var time));
        Assert.Equal(expected, time?.UtcDateTime.ToString("o", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("9223372036854775808")]
    public void WindowsFileTime_Other_IsRefused(string text) => Assert.False(WindowsFileTime.TryParse(text, out _));

    [Fact]
    public void WindowsFileTime_AnyMoment_IsReadBack() => Gen.DateTime[new DateTime(1602, 1, 1), new DateTime(9998, 12, 31)].Sample(moment =>
    {
        var time = new DateTime(moment.Ticks, DateTimeKind.Utc);
        Assert.True(WindowsFileTime.TryParse(time.ToFileTimeUtc().ToString(CultureInfo.InvariantCulture), out var read));
        Assert.Equal(time, read!.Value.UtcDateTime);
    });
}
