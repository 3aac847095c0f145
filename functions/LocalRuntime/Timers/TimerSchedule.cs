using System.Globalization;
using LdapSync.LocalRuntime.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using NCrontab;

namespace LdapSync.LocalRuntime.Timers;

/// <summary>When a timer is due, in UTC: a six-field crontab expression, or a time span between runs.</summary>
internal sealed class TimerSchedule
{
    private readonly CrontabSchedule? crontab;
    private readonly TimeSpan every;

    private TimerSchedule(CrontabSchedule? crontab, TimeSpan every) => (this.crontab, this.every) = (crontab, every);

    /// <summary>Whether runs follow each other within a minute; such schedules are not monitored.</summary>
    public bool IsFrequent(DateTime now) => Next(Next(now)) - Next(now) < TimeSpan.FromMinutes(1);

    /// <exception cref="FormatException">It is neither.</exception>
    public static TimerSchedule Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields is 5 or 6)
        {
            var crontab = CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 });
            return crontab is not null ? new(crontab, default) : throw new FormatException($"'{text}' is not a schedule of {fields} NCrontab fields.");
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var every) && every > TimeSpan.Zero
            ? new(null, every)
            : throw new FormatException($"'{text}' is neither six NCrontab fields (second minute hour day month weekday) nor a time span.");
    }

    public DateTime Next(DateTime after) => crontab?.GetNextOccurrence(after) ?? after + every;
}

internal sealed record ScheduledTimer(Function Function, TimerTriggerAttribute Trigger, TimerSchedule Schedule);

internal sealed record TimerSchedules(IReadOnlyList<ScheduledTimer> All)
{
    /// <exception cref="InvalidOperationException">A schedule is wrong or its setting missing; the message names the function.</exception>
    public static List<ScheduledTimer> Read(FunctionCatalog catalog, IConfiguration settings)
    {
        List<ScheduledTimer> timers = [];
        foreach (var (function, trigger) in catalog.With<TimerTriggerAttribute>())
        {
            var where = $"Function '{function.Name}', timer trigger";
            try
            {
                timers.Add(new(function, trigger, TimerSchedule.Parse(Names.Resolve(trigger.Schedule, settings, where))));
            }
            catch (FormatException e)
            {
                throw new InvalidOperationException($"{where}: {e.Message}", e);
            }
        }

        return timers;
    }
}
