using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>Rule S3: the timer starts what is due.</summary>
public sealed class TimerTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "S3")]
    public async Task Timer_DirectoryIsDue_StartsOneRunAndNoneBeforeTheNextInterval()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(body => body["schedule"]!["intervalHours"] = 1);
        await FireAsync(app);
        var run = (await app.ItemsAsync($"api/directories/{Api.Directory}/runs")).Single();
        Assert.Equal("timer", (string?)run["trigger"]);
        await app.EndOfAsync((string)run["id"]!);

        await FireAsync(app);
        Assert.Single(await app.ItemsAsync($"api/directories/{Api.Directory}/runs"));
    }

    [Theory]
    [Trait("Rule", "S3")]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public async Task Timer_PausedOrByHandOnly_StartsNothing(int hours, bool paused)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(body =>
        {
            body["schedule"]!["intervalHours"] = hours;
            body["schedule"]!["paused"] = paused;
        });

        await FireAsync(app);
        Assert.Empty(await app.ItemsAsync($"api/directories/{Api.Directory}/runs"));
    }

    private static async Task FireAsync(Installation app)
    {
        // The functions that the timer calls, with the services of the app: firing over HTTP does not say when it is done.
        var functions = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<App.Sync.SyncFunctions>(app.Host.Services);
        await functions.StartDueSyncs(new Microsoft.Azure.Functions.Worker.TimerInfo(), app.Host.Client, TestContext.Current.CancellationToken);
    }
}
