using LdapSync.TestBed;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(LdapSync.AdminPages.Tests.Browser))]

namespace LdapSync.AdminPages.Tests;

/// <summary>Debian's Chromium, driven by Playwright; each test has a profile of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    /// <summary>axe-core's script.</summary>
    public string Axe { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser" }.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("There is no Chromium: run './dev setup'."),

            // As root there is no sandbox; and nothing but our pages is to be asked for.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
        });
        Axe = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "node_modules", "axe-core", "axe.min.js"));
    }

    public async Task<IBrowserContext> OpenAsync(Uri address, BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = address.ToString();
        options.ReducedMotion = ReducedMotion.Reduce;
        options.ViewportSize ??= new ViewportSize { Width = 1100, Height = 800 };
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(30_000);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
