using System.Globalization;

namespace LdapSync.Core.Mapping;

/// <summary>Generalized time (RFC 4517, section 3.3.13), e.g. <c>20260102030405.0Z</c>.</summary>
public static class GeneralizedTime
{
    private const int MaximumFractionDigits = 18;

    /// <summary>
    /// Reads year, month, day and hour, optional minutes and seconds, an optional fraction of the last of them, and the zone.
    /// A leap second (60) becomes the second after it; finer than 100 ns is cut off.
    /// </summary>
    /// <param name="text">The value.</param>
    /// <param name="time">In UTC.</param>
    /// <returns>False where the text is not a generalized time, or one outside the years 1 to 9999.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (!TryDigits(ref text, 4, out var year) || !TryDigits(ref text, 2, out var month) || !TryDigits(ref text, 2, out var day)
            || !TryDigits(ref text, 2, out var hour))
            return false;
        var unit = TimeSpan.TicksPerHour;
        var second = 0;
        if (TryDigits(ref text, 2, out var minute))
        {
            unit = TimeSpan.TicksPerMinute;
            if (TryDigits(ref text, 2, out second))
                unit = TimeSpan.TicksPerSecond;
        }

        if (year is 0 || month is 0 or > 12 || day is 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
            return false;
        if (!TryFraction(ref text, unit, out var fraction) || !TryZone(text, out var offset))
            return false;
        var ticks = new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks
            + (second * TimeSpan.TicksPerSecond) + fraction - offset;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
            return false;
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    /// <summary>A time for a filter, cut to whole seconds, in the form that Active Directory takes too.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMddHHmmss'.0Z'", CultureInfo.InvariantCulture);

    private static bool TryDigits(ref ReadOnlySpan<char> text, int count, out int number)
    {
        number = 0;
        if (text.Length < count || text[..count].ContainsAnyExceptInRange('0', '9'))
            return false;
        number = int.Parse(text[..count], NumberStyles.None, CultureInfo.InvariantCulture);
        text = text[count..];
        return true;
    }

    private static bool TryFraction(ref ReadOnlySpan<char> text, long unit, out long ticks)
    {
        ticks = 0;
        if (text.IsEmpty || text[0] is not ('.' or ','))
            return true;
        var length = text[1..].IndexOfAnyExceptInRange('0', '9');
        var digits = length < 0 ? text[1..] : text.Slice(1, length);
        if (digits.IsEmpty)
            return false;
        text = text[(1 + digits.Length)..];
        var scale = 1m;
        var value = 0m;
        foreach (var digit in digits[..Math.Min(digits.Length, MaximumFractionDigits)])
            value += (digit - '0') * (scale /= 10);
        ticks = (long)(value * unit);
        return true;
    }

    private static bool TryZone(ReadOnlySpan<char> text, out long offset)
    {
        offset = 0;
        if (text is "Z")
            return true;
        if (text.IsEmpty || text[0] is not ('+' or '-'))
            return false;
        var sign = text[0] == '-' ? -1 : 1;
        text = text[1..];
        if (!TryDigits(ref text, 2, out var hours))
            return false;
        var minutes = 0;
        if ((!text.IsEmpty && !TryDigits(ref text, 2, out minutes)) || !text.IsEmpty || hours > 23 || minutes > 59)
            return false;
        offset = sign * ((hours * TimeSpan.TicksPerHour) + (minutes * TimeSpan.TicksPerMinute));
        return true;
    }
}
