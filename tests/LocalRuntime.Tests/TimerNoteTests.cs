using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

public sealed class TimerNoteTests(Storage storage)
{
    /// <summary>It is past due, two seconds before it is due again; the note of that run is refused.</summary>
    [Fact]
    public async Task Timer_WhoseNoteIsRefused_RunsAgainWhenItIsDue()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var (hub, journal) = (Storage.NewHub(), new Journal());
        var noon = new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
        await using var proxy = await TableProxy.StartAsync(storage.Azurite);
        await (await StartAsync(noon.AddMinutes(-90), new Journal())).DisposeAsync();
        proxy.FailNext(FailureMode.Forbidden, 1, request => request.Method == "PUT" && request.Path.Value!.Contains("LocalTimers", StringComparison.Ordinal));

        await using var host = await StartAsync(noon.AddSeconds(-2), journal);

        while (journal.Count("hourly pastDue=False monitored=True") == 0)
        {
            await Task.Delay(10, limit.Token);
        }

        Assert.Equal((1, 1), (journal.Count("hourly pastDue=True monitored=True"), (int)proxy.Failed));

        Task<Testing.FunctionsTestHost> StartAsync(DateTimeOffset start, Journal inJournal) => storage.StartAsync(
            [typeof(HostFunctions)],
            hub,
            new() { ["AzureWebJobsStorage"] = proxy.ConnectionString, ["HourlySchedule"] = "0 * * * * *" },
            builder =>
            {
                builder.Services.AddSingleton(inJournal);
                builder.Services.AddSingleton<TimeProvider>(new Clock(start));
            });
    }
}
