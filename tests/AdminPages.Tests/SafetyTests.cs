using System.Net;
using System.Reflection;
using LdapSync.AdminPages.Frame;
using LdapSync.AdminPages.Setup;
using LdapSync.App.Pages;
using LdapSync.App.Tests;
using LdapSync.Core.Settings;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Playwright;
using Xunit;

namespace LdapSync.AdminPages.Tests;

/// <summary>Who gets in, what a foreign page can do, what is lost when things go wrong, and what never leaves.</summary>
public sealed class SafetyTests(Emulator emulator, Browser browser) : IClassFixture<Emulator>
{
    [Fact]
    public async Task Pages_WithoutSession_ShowAndDoNothing()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        using var stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Host.BaseAddress };
        var pages = (from type in typeof(AdminPageAttribute).Assembly.GetTypes()
                     where type.IsDefined(typeof(AdminPageAttribute))
                     from method in type.GetMethods()
                     let function = method.GetCustomAttribute<FunctionAttribute>()
                     where function is not null && function.Name is not ("PageSignIn" or "PageAsset")
                     select method.GetParameters()[0].GetCustomAttribute<HttpTriggerAttribute>()!).ToList();
        Assert.True(pages.Count > 10);

        foreach (var (trigger, method) in pages.SelectMany(trigger => trigger.Methods!.Select(method => (trigger, method))))
        {
            var address = System.Text.RegularExpressions.Regex.Replace($"api/{trigger.Route}", @"\{[A-Za-z]+\}", "unknown");
            using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), new Uri(address, UriKind.Relative));
            request.Content = method == "post" ? new FormUrlEncodedContent([KeyValuePair.Create("do", "save")]) : null;
            using var answer = await stranger.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(method == "post" ? HttpStatusCode.Unauthorized : HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SignIn_WrongKeyOrForgedCookie_StaysOutside()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await using var visit = await Visit.StartAsync(browser, app, signIn: false);
        await visit.GoAsync(Paths.Users);
        await visit.Page.GetByLabel("Key").FillAsync("not-the-key-of-this-place");
        await visit.PressAsync("Sign in");
        await visit.SeeAsync("This is not the key.");

        foreach (var forged in new[] { "1.99999999999.AAAAAAAAAAAAAAAAAAAAAA.AAAA", "1.99999999999.x.", "", "...." })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Paths.Users.TrimStart('/'), UriKind.Relative));
            request.Headers.Add("Cookie", $"ldapsync={forged}");
            using var stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = app.Host.BaseAddress };
            using var answer = await stranger.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        }

        // The page that was asked for comes after the right key.
        await visit.Page.GetByLabel("Key").FillAsync(Installation.PageKey);
        await visit.PressAsync("Sign in");
        await visit.Page.WaitForURLAsync($"**{Paths.Users}");
        var cookie = Assert.Single(await visit.Page.Context.CookiesAsync());
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);

        await visit.PressAsync("Sign out");
        await visit.SeeAsync("You are signed out.");
        await visit.GoAsync(Paths.Users);
        await visit.SeeAsync("Sign in");
    }

    [Fact]
    public async Task Form_WithAnotherToken_DoesNothingAndCanBeSentAgain()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await using var visit = await Visit.StartAsync(browser, app);
        await visit.GoAsync(Paths.NewUser);
        await visit.Page.EvaluateAsync("document.querySelectorAll('[name=token]').forEach(field => field.value = 'forged')");
        await visit.Page.GetByLabel("Login", new() { Exact = true }).FillAsync("late.login");
        await visit.Page.GetByLabel("Full name").FillAsync("Late Person");
        await visit.PressAsync("Create");
        await visit.SeeAsync("Send it again?");
        Assert.Empty((await app.GetAsync("api/users?search=late"))["items"]!.AsArray());

        await visit.PressAsync("Send it");
        await Assertions.Expect(visit.Page.Locator("h1")).ToContainTextAsync("Late Person");
    }

    [Fact]
    public async Task Session_EndedWhileTyping_KeepsEverythingButThePassword()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await using var visit = await Visit.StartAsync(browser, app);
        await visit.GoAsync(Paths.Directory(Api.Directory));
        await visit.Page.Locator("[name='schedule.intervalHours']").FillAsync("7");
        await visit.Page.Locator("[name='connection.password']").FillAsync("canary-password-of-a-person");
        await visit.Page.Context.ClearCookiesAsync();
        await visit.PressAsync("Save");
        await visit.SeeAsync("Your session has ended.");
        Assert.DoesNotContain("canary-password", await visit.Page.ContentAsync(), StringComparison.Ordinal);

        await visit.Page.GetByLabel("Key").FillAsync(Installation.PageKey);
        await visit.PressAsync("Sign in");
        await visit.SeeAsync("Send it again?");
        await visit.PressAsync("Send it");
        await visit.SeeAsync("Saved");
        Assert.Equal(7, (int)(await app.GetAsync($"api/directories/{Api.Directory}/settings"))["schedule"]!["intervalHours"]!);
    }

    [Fact]
    public async Task Settings_SavedByTwoAtOnce_ShowTheDifferenceAndLoseNothing()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await using var visit = await Visit.StartAsync(browser, app);
        await visit.GoAsync(Paths.Directory(Api.Directory));
        await app.ConfigureAsync(body => body["schedule"]!["intervalHours"] = 5);
        await visit.Page.Locator("[name='schedule.intervalHours']").FillAsync("7");
        await visit.PressAsync("Save");
        await visit.SeeAsync("Somebody else saved these settings while you were editing.");
        await Assertions.Expect(visit.Page.Locator(".notice tbody tr")).ToHaveTextAsync("Schedule and safety: Interval57");
        Assert.Equal(5, (int)(await app.GetAsync($"api/directories/{Api.Directory}/settings"))["schedule"]!["intervalHours"]!);

        await visit.PressAsync("Save");
        await visit.SeeAsync("Saved");
        Assert.Equal(7, (int)(await app.GetAsync($"api/directories/{Api.Directory}/settings"))["schedule"]!["intervalHours"]!);
    }

    [Fact]
    public async Task Run_EndedMeanwhile_IsSaidClearly()
    {
        await using var app = await JourneyTests.CrowdAsync(emulator);
        await app.Slapd.ModifyAsync(string.Concat(Enumerable.Range(1, 12).Select(number => People.Deleting($"p{number:D3}"))));
        await using var visit = await Visit.StartAsync(browser, app);
        await visit.PressAsync("Synchronize with LDAP");
        await visit.SeeAsync("Nothing has been changed yet. Shall it?");
        var run = visit.Page.Url.Split('/')[^1].Split('?')[0];
        var hash = (string)(await app.GetAsync($"api/runs/{run}"))["planHash"]!;
        await app.SendAsync(HttpMethod.Post, $"api/runs/{run}/reject", new System.Text.Json.Nodes.JsonObject { ["planHash"] = hash });
        await app.EndOfAsync(run);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await visit.SeeAsync("The run does not wait for approval");
    }

    [Fact]
    public async Task Names_WithMarkup_AreShownAsText()
    {
        await using var app = await Installation.StartAsync(emulator, new People()
            .Person("mallory", "<img src=x onerror=alert(1)>", "mail: <b>@example.test").Group("staff", "mallory"));
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        var run = await app.CompleteAsync();
        await using var visit = await Visit.StartAsync(browser, app);
        foreach (var path in new[] { Paths.Users, Paths.Run((string)run["id"]!), Paths.Query(Paths.Users, ("search", "<img")) })
        {
            await visit.GoAsync(path);
            await visit.SeeAsync("<img src=x onerror=alert(1)>");
            Assert.Equal(0, await visit.Page.Locator("main img, main b").CountAsync());
        }
    }

    [Fact]
    public void SettingsForm_EverySettingOfTheApi_HasAField()
    {
        var saved = new DirectorySettings();
        var names = Leaves(System.Text.Json.JsonSerializer.SerializeToNode(saved, LdapSync.App.Api.ApiJson.Options)!, "").ToHashSet(StringComparer.Ordinal);
        Assert.Equal(names.Order(StringComparer.Ordinal), SettingsFields.Names.Where(name => !SettingsFields.Secrets.Contains(name)).Order(StringComparer.Ordinal));

        // And nothing is changed by showing it and sending it back.
        var again = SettingsForm.Read(saved, SettingsForm.Values(saved), new Dictionary<string, string>());
        Assert.Equal(LdapSync.App.Settings.SettingsEditor.Tag(saved), LdapSync.App.Settings.SettingsEditor.Tag(again.Settings));
        Assert.Null(again.Password);
    }

    private static IEnumerable<string> Leaves(System.Text.Json.Nodes.JsonNode node, string path) => node.AsObject().SelectMany(member =>
        member.Value is System.Text.Json.Nodes.JsonObject group ? Leaves(group, $"{path}{member.Key}.") : [$"{path}{member.Key}"]);
}
