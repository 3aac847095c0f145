using System.Collections.Concurrent;
using System.Text.Json;
using LdapSync.AdminPages.Frame;
using LdapSync.App.Tests;
using Microsoft.Playwright;
using Xunit;

namespace LdapSync.AdminPages.Tests;

/// <summary>An administrator at the pages of an installation.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly Browser browser;

    private Visit(Browser browser, IBrowserContext context, IPage page, Installation app)
    {
        (this.browser, this.context, Page, App) = (browser, context, page, app);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("the server responded with a status of 4", StringComparison.Ordinal))
            {
                Complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(app.Host.BaseAddress.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                Complaints.Add($"asked for {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    public Installation App { get; }

    /// <summary>What the browser complained about: broken scripts, what the content policy forbids, requests to elsewhere.</summary>
    public ConcurrentBag<string> Complaints { get; } = [];

    public static async Task<Visit> StartAsync(Browser browser, Installation app, BrowserNewContextOptions? options = null, bool signIn = true)
    {
        var context = await browser.OpenAsync(app.Host.BaseAddress, options);
        var visit = new Visit(browser, context, await context.NewPageAsync(), app);
        if (signIn)
        {
            await visit.SignInAsync();
        }

        return visit;
    }

    public async Task SignInAsync()
    {
        await GoAsync(Paths.Root);
        await Page.GetByLabel("Key").FillAsync(Installation.PageKey);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.WaitForURLAsync($"**{Paths.Root}");
    }

    public Task<IResponse?> GoAsync(string path) => Page.GotoAsync(path);

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First.ClickAsync();

    public Task FollowAsync(string link) => Page.GetByRole(AriaRole.Link, new() { Name = link }).First.ClickAsync();

    /// <summary>Waits until the page shows the text.</summary>
    public Task SeeAsync(string text) => Assertions.Expect(Page.Locator("body")).ToContainTextAsync(text, new() { Timeout = 60_000 });

    public async Task<string> TextAsync() => await Page.Locator("body").InnerTextAsync();

    /// <summary>Follows a run to its end on its page.</summary>
    public async Task EndAsync(string status = "Completed") =>
        await Assertions.Expect(Page.Locator(".progress .status")).ToHaveTextAsync(status, new() { Timeout = 120_000 });

    /// <summary>Goes to a button or link by the keyboard alone.</summary>
    /// <param name="words">It begins with them.</param>
    public async Task TabToAsync(string words)
    {
        for (var stops = 0; !(await Page.EvaluateAsync<string>("document.activeElement.innerText || ''")).StartsWith(words, StringComparison.Ordinal); stops++)
        {
            Assert.True(stops < 60, $"'{words}' is not reached by the keyboard.");
            await Page.Keyboard.PressAsync("Tab");
        }
    }

    /// <summary>Nothing is wider than the screen.</summary>
    public async Task FitsAsync(int width)
    {
        var before = Page.ViewportSize!;
        await Page.SetViewportSizeAsync(width, 740);
        var wide = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.True(wide <= width, $"{Page.Url} is {wide} pixels wide.");
        await Page.SetViewportSizeAsync(before.Width, before.Height);
    }

    /// <summary>What axe finds on the page, in words; nothing where all is well.</summary>
    public async Task<IReadOnlyList<string>> AxeAsync()
    {
        await Page.EvaluateAsync(browser.Axe);
        var found = await Page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.any.map(a => a.message).join('; ')).join(' | '))");
        return [.. found.EnumerateArray().Select(item => $"{new Uri(Page.Url).PathAndQuery} {item.GetString()}")];
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        Assert.Empty(Complaints);
    }
}
