using LdapSync.AdminPages.Frame;
using LdapSync.App.Tests;
using Microsoft.Playwright;
using Xunit;

namespace LdapSync.AdminPages.Tests;

/// <summary>Every page: readable for everybody, on a phone, by day and by night, and light to load.</summary>
public sealed class LookTests(Emulator emulator, Browser browser) : IClassFixture<Emulator>
{
    private const int Budget = 150 * 1024;

    [Fact]
    public async Task EveryPage_InLightAndDark_HasNothingThatAxeFinds()
    {
        await using var app = await JourneyTests.CrowdAsync(emulator);
        var pages = await PagesAsync(app);
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var visit = await Visit.StartAsync(browser, app, new BrowserNewContextOptions { ColorScheme = scheme }, signIn: false);
            await visit.GoAsync(Paths.SignIn);
            var found = new List<string>(await visit.AxeAsync());
            await visit.SignInAsync();
            foreach (var page in pages)
            {
                await visit.GoAsync(page);
                found.AddRange(await visit.AxeAsync());
            }

            Assert.True(found.Count == 0, $"{scheme}:\n{string.Join('\n', found)}");
            var background = await visit.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
            Assert.Equal(scheme == ColorScheme.Light ? "rgb(246, 247, 249)" : "rgb(18, 21, 28)", background);
        }
    }

    [Fact]
    public async Task EveryPage_OnANarrowScreen_NeedsNoSidewaysScrolling()
    {
        await using var app = await JourneyTests.CrowdAsync(emulator);
        var pages = await PagesAsync(app);
        await using var visit = await Visit.StartAsync(browser, app, new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 360, Height = 740 } });
        foreach (var page in pages)
        {
            await visit.GoAsync(page);
            var width = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            Assert.True(width <= 360, $"{page} is {width} pixels wide.");
        }
    }

    [Fact]
    public async Task EveryPage_LoadedForTheFirstTime_StaysWithinItsBudget()
    {
        await using var app = await JourneyTests.CrowdAsync(emulator);
        foreach (var page in await PagesAsync(app))
        {
            await using var visit = await Visit.StartAsync(browser, app);
            var session = await visit.Page.Context.NewCDPSessionAsync(visit.Page);
            await session.SendAsync("Network.enable");
            await session.SendAsync("Network.setCacheDisabled", new Dictionary<string, object> { ["cacheDisabled"] = true });
            var bytes = 0L;
            session.Event("Network.loadingFinished").OnEvent += (_, data) => Interlocked.Add(ref bytes, (long)data!.Value.GetProperty("encodedDataLength").GetDouble());
            await visit.Page.GotoAsync(page, new() { WaitUntil = WaitUntilState.NetworkIdle });
            Assert.InRange(Interlocked.Read(ref bytes), 10 * 1024, Budget);
        }
    }

    /// <summary>One of every kind of page, with something on it.</summary>
    internal static async Task<IReadOnlyList<string>> PagesAsync(Installation app)
    {
        var run = (string)(await app.GetAsync($"api/directories/{Api.Directory}/runs"))["items"]![0]!["id"]!;
        var user = (string)(await app.GetAsync("api/users?pageSize=1"))["items"]![0]!["id"]!;
        return
        [
            Paths.Root, Paths.Setup, Paths.Directory(Api.Directory), Paths.NewDirectory, Paths.Roles, Paths.NewRole, Paths.ImportRoles, Paths.Query(Paths.ImportRoles, ("parents", "units")), Paths.Query(Paths.Role("all"), ("group", "")),
            Paths.Users, Paths.Explain(Api.Directory, "p001"), Paths.Collisions(Api.Directory), Paths.Licences, Paths.Notifications, Paths.NewUser, Paths.User(user), Paths.Query(Paths.Users, ("search", "nobody-like-that")), Paths.Runs, Paths.Run(run), Paths.Role("unknown-role"),
        ];
    }
}
