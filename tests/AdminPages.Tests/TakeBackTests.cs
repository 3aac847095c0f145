using System.Text.Json.Nodes;
using LdapSync.AdminPages.Frame;
using LdapSync.App.Sync;
using LdapSync.App.Tests;
using LdapSync.Storage.Staging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace LdapSync.AdminPages.Tests;

/// <summary>A run that has done the wrong thing is taken back, and a preview becomes a run, by the pages alone.</summary>
public sealed class TakeBackTests(Emulator emulator, Browser browser) : IClassFixture<Emulator>
{
    [Fact]
    public async Task WrongChange_TakenBack_IsPreviewedThenAppliedAndTheSchedulePaused()
    {
        await using var app = await JourneyTests.CrowdAsync(emulator);
        await app.Slapd.ModifyAsync(People.Deleting("p001") + People.Deleting("p002"));
        await app.CompleteAsync();
        await using var visit = await Visit.StartAsync(browser, app);
        Assert.Equal(28, await JourneyTests.ActiveAsync(app));

        // From the overview to the run, and back in time.
        await visit.FollowAsync("2 deactivated");
        await visit.PressAsync("Take back");
        await visit.EndAsync("Preview ready");
        await visit.SeeAsync("This would be taken back. Nothing has been changed yet.");
        await visit.SeeAsync("Afterwards the schedule of example is paused");
        await Assertions.Expect(visit.Page.Locator(".change .what", new() { HasText = "user reactivated" })).ToHaveCountAsync(2);
        Assert.Equal(28, await JourneyTests.ActiveAsync(app));
        Assert.Empty(await visit.AxeAsync());

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take back: 2 reactivated" }).ClickAsync();
        await visit.EndAsync();
        await visit.SeeAsync("The schedule of example is paused now.");
        Assert.Equal(30, await JourneyTests.ActiveAsync(app));
        Assert.Empty(await visit.AxeAsync());
        await visit.FitsAsync(360);

        // The pause is nothing that one forgets; and the way back is the same everywhere.
        await visit.FollowAsync("Overview");
        await visit.SeeAsync("example: the schedule is paused");
        await visit.FollowAsync("Notifications");
        await visit.SeeAsync("What an earlier run had changed is as it was before.");
        await visit.FollowAsync("Overview");
        await visit.FollowAsync("See why");
        await visit.PressAsync("Resume the schedule");
        await visit.SeeAsync("The schedule goes on");
        await visit.EndAsync();
        Assert.False((bool)(await app.GetAsync($"api/directories/{Api.Directory}/settings"))["schedule"]!["paused"]!);
    }

    [Fact]
    public async Task RecordChangedSince_InThePreview_IsListedWithTheReason()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Replacing("anna", "mail", "anna.new@example.test") + People.Replacing("ben", "mail", "ben.new@example.test"));
        var run = await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Replacing("anna", "mail", "anna.newest@example.test"));
        await app.CompleteAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.GoAsync(Paths.Run((string)run["id"]!));
        await visit.PressAsync("Take back");
        await visit.EndAsync("Preview ready");
        await visit.SeeAsync("What would be left as it is, and why");
        await Assertions.Expect(visit.Page.Locator(".notes")).ToContainTextAsync("anna");
        await Assertions.Expect(visit.Page.Locator(".change")).ToHaveCountAsync(1);
        await visit.FollowAsync("Leave it as it is");
        await visit.SeeAsync("Was this wrong?");
    }

    [Fact]
    public async Task Keyboard_Alone_TakesARunBack()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Deleting("anna"));
        var run = await app.CompleteAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.GoAsync(Paths.Run((string)run["id"]!));
        await visit.TabToAsync("Take back");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.EndAsync("Preview ready");
        await visit.TabToAsync("Take back: 1 reactivated");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.SeeAsync("The schedule of example is paused now.");
        Assert.Equal(3, await JourneyTests.ActiveAsync(app));
    }

    [Fact]
    public async Task Decision_OnALaterVisit_SaysWhoDecidedAndWhen()
    {
        await using var app = await JourneyTests.CrowdAsync(emulator);
        await app.Slapd.ModifyAsync(string.Concat(Enumerable.Range(1, 12).Select(number => People.Deleting($"p{number:D3}"))));
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.PressAsync("Preview");
        await visit.EndAsync("Preview ready");
        await visit.PressAsync("Apply this preview");
        await visit.SeeAsync("An answer is awaited until");
        await visit.PressAsync("Reject: change nothing");
        await visit.EndAsync("Rejected");
        await visit.SeeAsync("Rejected by");
        Assert.Equal(0, await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take back" }).CountAsync());
    }

    [Fact]
    public async Task Licences_OfSeveralUsers_AreChangesOfTheirOwn()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(body => body["options"] = new JsonObject { ["grantLicences"] = true });
        await app.LinkAsync("staff");
        await app.SendAsync(HttpMethod.Put, "api/licences/crm", new JsonObject { ["name"] = "Customer desk", ["total"] = 10 });
        var run = await app.CompleteAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.GoAsync(Paths.Query(Paths.Run((string)run["id"]!), ("kind", "licences")));
        await Assertions.Expect(visit.Page.Locator(".change")).ToHaveCountAsync(3);
        await Assertions.Expect(visit.Page.Locator(".change").First).ToContainTextAsync("gets a licence");
        await visit.FollowAsync("Customer desk");
        await Assertions.Expect(visit.Page.Locator("h1")).ToContainTextAsync("Customer desk");
    }

    [Fact]
    public async Task Journal_NoLongerKept_LeavesThePageOfTheRunWithItsTotals()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        var id = (string)(await app.CompleteAsync())["id"]!;
        await app.Host.Services.GetRequiredService<StagingArea>().DeleteFolderAsync(RunFiles.PlanFolder(id), TestContext.Current.CancellationToken);
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.GoAsync(Paths.Run(id));
        await visit.SeeAsync("The changes are no longer kept");
        await visit.SeeAsync("Created");
        Assert.Equal(0, await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take back" }).CountAsync());
    }
}
