using LdapSync.App.Tests;
using Microsoft.Playwright;
using Xunit;

namespace LdapSync.AdminPages.Tests;

/// <summary>
/// Somebody who has read nothing, and goes by what the pages say: only words that are to be seen are used to find the way, and it begins on the first page.
/// </summary>
public sealed class StrangerTests(Emulator emulator, Browser browser) : IClassFixture<Emulator>
{
    [Fact]
    public async Task WhoCannotSignIn_IsExplainedInThreeSteps()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Leaving("staff", "ben"));
        await app.CompleteAsync();
        await using var visit = await Visit.StartAsync(browser, app);
        var page = visit.Page;

        // By the question on the first page; with a name, since a stranger does not know the login.
        await SeeAsync(page, "Why can somebody not sign in?");
        await page.GetByPlaceholder("Login or the beginning of a name").FillAsync("Ben Beck");
        await ClickAsync(page, "Look");
        await page.GetByText("Why?").First.ClickAsync();
        await SeeAsync(page, "Cannot sign in: in no linked group, and not bound by hand.");
        await SeeAsync(page, "Left the linked group");

        // Or by the list of users.
        await ClickAsync(page, "Users");
        await SeeAsync(page, "Cannot sign in");
        await ClickAsync(page, "ben");
        await ClickAsync(page, "Why can this user not sign in?");
        await SeeAsync(page, "Cannot sign in: in no linked group, and not bound by hand.");
    }

    [Fact]
    public async Task WrongMassChange_IsStoppedBeforeAndTakenBackAfter()
    {
        await using var app = await JourneyTests.CrowdAsync(emulator);
        await app.ConfigureAsync(body => body["schedule"]!["intervalHours"] = 4);
        await app.Slapd.ModifyAsync(string.Concat(Enumerable.Range(1, 12).Select(number => People.Deleting($"p{number:D3}"))));
        await app.SendAsync(HttpMethod.Post, $"api/directories/{Api.Directory}/sync", new System.Text.Json.Nodes.JsonObject());
        await using var visit = await Visit.StartAsync(browser, app);
        var page = visit.Page;

        // Before: it waits, and says so on the first page.
        await SeeAsync(page, "a mass change waits for you");
        await ClickAsync(page, "Look and decide");
        await SeeAsync(page, "Nothing has been changed yet. Shall it?");
        await ClickAsync(page, "Reject: change nothing");
        await SeeAsync(page, "Rejected");
        Assert.Equal(30, await JourneyTests.ActiveAsync(app));

        // Nothing shall start again by itself.
        await ClickAsync(page, "Overview");
        await ClickAsync(page, "Pause the schedule");
        await SeeAsync(page, "Paused: no synchronization starts by itself until the schedule is resumed.");

        // After: somebody has approved it all the same.
        await ClickAsync(page, "Synchronize with LDAP");
        await ClickAsync(page, "Approve: 12 deactivated, 12 leave a role");
        await SeeAsync(page, "Was this wrong?");
        Assert.Equal(18, await JourneyTests.ActiveAsync(app));
        await ClickAsync(page, "Overview");
        await ClickAsync(page, "12 deactivated, 12 leave a role");
        await ClickAsync(page, "Take back");
        await SeeAsync(page, "This would be taken back. Nothing has been changed yet.");
        await ClickAsync(page, "Take back: 12 reactivated, 12 join a role");
        await SeeAsync(page, "The schedule of example is paused now.");
        Assert.Equal(30, await JourneyTests.ActiveAsync(app));
    }

    /// <summary>What is pressed is a button or a link with these words, and can be seen.</summary>
    private static Task ClickAsync(IPage page, string words) => page.GetByRole(AriaRole.Button, new() { Name = words, Exact = true })
        .Or(page.GetByRole(AriaRole.Link, new() { Name = words, Exact = true })).First.ClickAsync(new() { Timeout = 60_000 });

    private static Task SeeAsync(IPage page, string words) => Assertions.Expect(page.GetByText(words).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
}
