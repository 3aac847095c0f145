using System.Text.Json.Nodes;
using LdapSync.AdminPages.Frame;
using LdapSync.App.Tests;
using Microsoft.Playwright;
using Xunit;

namespace LdapSync.AdminPages.Tests;

/// <summary>Whatever needs a person is on the first page, and leads to where it is answered.</summary>
public sealed class OverviewTests(Emulator emulator, Browser browser) : IClassFixture<Emulator>
{
    [Fact]
    public async Task Everything_ThatNeedsAPerson_IsOnTheFirstPage()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(body => body["options"] = new JsonObject { ["grantLicences"] = true });
        await app.LinkAsync("staff", "project");
        await app.SendAsync(HttpMethod.Put, "api/licences/crm", new JsonObject { ["name"] = "Customer desk", ["total"] = 2 });
        await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "chloe", ["fullName"] = "Another Chloe" });
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("project")}\nchangetype: delete\n\n");
        await app.CompleteAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.SeeAsync("example: 1 login collides");
        await visit.SeeAsync("Customer desk: 1 person waits for a licence");
        await visit.SeeAsync("The group of project is gone");
        await visit.SeeAsync("unread notification");
        Assert.Empty(await visit.AxeAsync());
        await visit.FitsAsync(360);

        // What is answered, or read, needs nobody any more.
        await visit.FollowAsync("Answer");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Ignore chloe" }).ClickAsync();
        await visit.FollowAsync("Notifications");
        await visit.PressAsync("Mark all read");
        await visit.FollowAsync("Overview");
        await visit.SeeAsync("The group of project is gone");
        var text = await visit.TextAsync();
        Assert.DoesNotContain("collides", text, StringComparison.Ordinal);
        Assert.DoesNotContain("unread notification", text, StringComparison.Ordinal);

        await app.Slapd.StopAsync();
        Assert.Equal("failed", (string?)(await app.SyncAsync())["status"]);
        await visit.FollowAsync("Overview");
        await visit.SeeAsync("example: the synchronization fails");
        await visit.FollowAsync("See why");
        await visit.SeeAsync("It failed, and the records are as they were left.");
    }

    [Fact]
    public async Task Webhook_WithItsAddressAndKey_IsSetInTheFormAndNeverShown()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.GoAsync(Paths.Directory(Api.Directory));
        await visit.Page.Locator("#notifications summary").ClickAsync();
        await visit.Page.GetByLabel("Webhook", new() { Exact = true }).CheckAsync();
        await visit.PressAsync("Save");
        await Assertions.Expect(visit.Page.Locator("#field-notifications-webhook-url-error")).ToHaveTextAsync("A webhook that is switched on needs its address.");
        Assert.True(await visit.Page.GetByLabel("Webhook", new() { Exact = true }).IsCheckedAsync());

        await visit.Page.GetByLabel("Address of the webhook").FillAsync("http://127.0.0.1:9/canary-of-the-webhook");
        await visit.Page.GetByLabel("Key of the webhook").FillAsync("canary-key-of-the-webhook");
        await visit.PressAsync("Save");
        await visit.SeeAsync("Saved");
        var settings = await app.GetAsync($"api/directories/{Api.Directory}/settings");
        Assert.True((bool)settings["hasWebhookUrl"]! && (bool)settings["hasWebhookKey"]!);

        await visit.GoAsync(Paths.Directory(Api.Directory));
        Assert.DoesNotContain("canary", await visit.Page.ContentAsync(), StringComparison.Ordinal);
        await visit.PressAsync("Call the webhook now");
        await visit.SeeAsync("The webhook was called, and that failed:");
        Assert.Empty(await visit.AxeAsync());
    }
}
