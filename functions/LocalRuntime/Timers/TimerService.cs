using LdapSync.LocalRuntime.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LdapSync.LocalRuntime.Timers;

/// <summary>Runs timer functions when they are due, when the host starts (if they ask for it or a run was missed), and by hand.</summary>
internal sealed partial class TimerService(
    TimerSchedules schedules, HubTables tables, FunctionInvoker invoker, TimeProvider time, ILogger<TimerService> logger) : BackgroundService
{
    private readonly Dictionary<string, SemaphoreSlim> turns =
        schedules.All.ToDictionary(timer => timer.Function.Name, _ => new SemaphoreSlim(1), StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, ScheduleStatus> monitored = [];
    private CancellationToken stopping;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Fires a timer by hand and does not wait for it.</summary>
    /// <returns>False when there is no such timer function.</returns>
    public bool Fire(string name)
    {
        if (schedules.All.FirstOrDefault(timer => timer.Function.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } timer)
        {
            return false;
        }

        _ = RunAsync(timer, isPastDue: false, null);
        return true;
    }

    /// <summary>Notes what is due before the host counts as started, so that even a short life leaves its mark.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (schedules.All.Count > 0)
        {
            await tables.Timers.CreateTableAsync(cancellationToken);
        }

        foreach (var timer in schedules.All.Where(timer => timer.Trigger.UseMonitor && !timer.Schedule.IsFrequent(Now)))
        {
            var status = await tables.Timers.ReadAsync(timer.Function.Name, cancellationToken);
            if (status is null)
            {
                status = new ScheduleStatus { Next = timer.Schedule.Next(Now), LastUpdated = Now };
                await tables.Timers.WriteAsync(timer.Function.Name, status, cancellationToken);
            }

            monitored[timer.Function.Name] = status;
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        stopping = stoppingToken;
        if (schedules.All.Count > 0)
        {
            await Task.WhenAll(schedules.All.Select(timer => FollowAsync(timer, stoppingToken))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(ScheduledTimer timer, CancellationToken cancellation)
    {
        var status = monitored.GetValueOrDefault(timer.Function.Name);
        var isPastDue = status is not null && status.Next <= Now;
        if (isPastDue || timer.Trigger.RunOnStartup)
        {
            status = await RunAndNoteAsync(timer, isPastDue, status, cancellation);
        }

        var next = timer.Schedule.Next(Now);
        while (!cancellation.IsCancellationRequested)
        {
            // A long wait in pieces: the clock may be set, and .NET's timers reach 49 days.
            for (var left = next - Now; left > TimeSpan.Zero; left = next - Now)
            {
                await Task.Delay(left < TimeSpan.FromHours(1) ? left : TimeSpan.FromHours(1), time, cancellation);
            }

            status = await RunAndNoteAsync(timer, isPastDue: false, status, cancellation);

            // Reckoned from when it was due, so that none is skipped; runs missed while one went on are left out.
            next = timer.Schedule.Next(next);
            next = next > Now ? next : timer.Schedule.Next(Now);
        }
    }

    private async Task<ScheduleStatus?> RunAndNoteAsync(ScheduledTimer timer, bool isPastDue, ScheduleStatus? status, CancellationToken cancellation)
    {
        var began = Now;
        await RunAsync(timer, isPastDue, status);
        if (status is null)
        {
            return null;
        }

        var noted = new ScheduleStatus { Last = began, Next = timer.Schedule.Next(Now), LastUpdated = Now };
        try
        {
            await tables.Timers.WriteAsync(timer.Function.Name, noted, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // The schedule goes on. Should the host end before the next note, this run counts as missed and is made up for.
            LogNotNoted(timer.Function.Name, e);
        }

        return noted;
    }

    private async Task RunAsync(ScheduledTimer timer, bool isPastDue, ScheduleStatus? status)
    {
        var turn = turns[timer.Function.Name];
        var info = new TimerInfo { IsPastDue = isPastDue, ScheduleStatus = status };
        try
        {
            await turn.WaitAsync(stopping);
            try
            {
                await invoker.InvokeAsync(timer.Function, Bind, stopping);
            }
            finally
            {
                turn.Release();
            }
        }
#pragma warning disable CA1031 // a failed run is logged, and the schedule goes on
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!stopping.IsCancellationRequested)
            {
                LogFailed(timer.Function.Name, e);
            }
        }

        bool Bind(System.Reflection.ParameterInfo parameter, out object? value)
        {
            value = info;
            return timer.Function.IsTrigger(parameter);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Timer function {Function} failed")]
    private partial void LogFailed(string function, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timer function {Function}: its run could not be noted")]
    private partial void LogNotNoted(string function, Exception exception);
}
