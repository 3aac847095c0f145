using System.Globalization;
using LdapSync.AdminPages.Frame;
using LdapSync.TestBed;
using Microsoft.Playwright;

namespace LdapSync.PagesTool;

/// <summary>Takes the pictures of the README from a demo that was left running.</summary>
internal static class Screenshots
{
    private const int Gone = 150;

    public static async Task TakeAsync(Uri address, string key, string ldapUrl, string folder)
    {
        Directory.CreateDirectory(folder);
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
        });
        await using var context = await chromium.NewContextAsync(new BrowserNewContextOptions { BaseURL = address.ToString(), ViewportSize = new() { Width = 1120, Height = 760 }, ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(120_000);
        await page.GotoAsync(Paths.Root);
        await page.GetByLabel("Key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync($"**{Paths.Root}");

        await page.GotoAsync(Paths.Directory("example"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).Last.ClickAsync();
        await page.GetByText("The test went well").WaitForAsync();
        await ShootAsync(page, folder, "setup");

        await page.GotoAsync(Paths.Query(Paths.Users, ("search", "a")));
        await ShootAsync(page, folder, "users");
        await page.GotoAsync(Paths.Roles);
        await ShootAsync(page, folder, "roles");

        // The run with the most to see is the second synchronization.
        await page.GotoAsync(Paths.Runs);
        await page.Locator("tbody tr").Filter(new() { HasText = "deactivated" }).First.GetByRole(AriaRole.Link).First.ClickAsync();
        await page.Locator(".change").First.WaitForAsync();
        await ShootAsync(page, folder, "run");

        // Somebody deletes a part of the company by mistake.
        await DeleteAsync(ldapUrl);
        await page.GotoAsync(Paths.Root);
        await page.GetByRole(AriaRole.Button, new() { Name = "Synchronize with LDAP" }).ClickAsync();
        await page.GetByText("Nothing has been changed yet. Shall it?").WaitForAsync();
        await ShootAsync(page, folder, "approval");
        await page.GotoAsync(Paths.Root);
        await ShootAsync(page, folder, "overview");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await ShootAsync(page, folder, "overview-dark");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });

        await page.SetViewportSizeAsync(360, 740);
        await ShootAsync(page, folder, "overview-phone");
        await page.SetViewportSizeAsync(1120, 760);

        // Why can one of them not sign in?
        await page.GotoAsync(Paths.Query(Paths.Users, ("search", "felix.schmidt")));
        await page.GetByRole(AriaRole.Link, new() { Name = "felix.schmidt" }).First.ClickAsync();
        await ShootAsync(page, folder, "explain");
    }

    private static async Task ShootAsync(IPage page, string folder, string name)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}.png  {new FileInfo(Path.Combine(folder, $"{name}.png")).Length / 1024.0:0} KB"));
    }

    private static async Task DeleteAsync(string ldapUrl)
    {
        var found = await Command.RunAsync(
            "ldapsearch", ["-x", "-LLL", "-o", "ldif-wrap=no", "-H", ldapUrl, "-D", Slapd.RootName, "-w", Slapd.RootPassword, "-b", Company.PeopleBase, "(title=Engineer)", "1.1"]);
        var names = found.Split('\n').Where(line => line.StartsWith("dn:", StringComparison.Ordinal)).Take(Gone);
        await Command.RunAsync("ldapmodify", ["-x", "-c", "-H", ldapUrl, "-D", Slapd.RootName, "-w", Slapd.RootPassword], string.Concat(names.Select(name => $"{name}\nchangetype: delete\n\n")));
    }
}
