using System.Globalization;
using LdapSync.AdminPages.Frame;
using LdapSync.TestBed;
using Microsoft.Playwright;

namespace LdapSync.PagesTool;

/// <summary>Takes the pictures of the README from a demo that was left running.</summary>
internal sealed class Screenshots(IPage page, string folder, bool every)
{
    private const int Gone = 150;
    private const int Width = 1120;
    private const int Height = 760;

    /// <param name="address">Of the demo.</param>
    /// <param name="key">Of its pages.</param>
    /// <param name="ldapUrl">Of its directory, from which people are deleted.</param>
    /// <param name="folder">Where the pictures go.</param>
    /// <param name="every">Each page also by night and 360 pixels wide, to look at.</param>
    public static async Task TakeAsync(Uri address, string key, string ldapUrl, string folder, bool every)
    {
        Directory.CreateDirectory(folder);
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
        });
        await using var context = await chromium.NewContextAsync(new BrowserNewContextOptions { BaseURL = address.ToString(), ViewportSize = new() { Width = Width, Height = Height }, ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(120_000);
        await page.GotoAsync(Paths.Root);
        await page.GetByLabel("Key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync($"**{Paths.Root}");
        await new Screenshots(page, folder, every).TakeAsync(ldapUrl);
    }

    private async Task TakeAsync(string ldapUrl)
    {
        await page.GotoAsync(Paths.Directory("example"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).Last.ClickAsync();
        await page.GetByText("The test went well").WaitForAsync();
        await ShootAsync("setup");

        await page.GotoAsync(Paths.Query(Paths.Users, ("search", "a")));
        await ShootAsync("users");
        await page.GotoAsync(Paths.Roles);
        await ShootAsync("roles");
        await page.GotoAsync(Paths.Query(Paths.ImportRoles, ("kind", "Department"), ("parents", "units")));
        await ShootAsync("import");

        // The run with the most to see is the second synchronization.
        await page.GotoAsync(Paths.Runs);
        await page.Locator("tbody tr").Filter(new() { HasText = "deactivated" }).First.GetByRole(AriaRole.Link).First.ClickAsync();
        await page.Locator(".change").First.WaitForAsync();
        await ShootAsync("run");

        // Somebody deletes a part of the company by mistake.
        await DeleteAsync(ldapUrl);
        await page.GotoAsync(Paths.Root);
        await page.GetByRole(AriaRole.Button, new() { Name = "Synchronize with LDAP" }).ClickAsync();
        await page.GetByText("Nothing has been changed yet. Shall it?").WaitForAsync();
        await ShootAsync("approval");
        await page.GotoAsync(Paths.Root);
        await ShootAsync("overview");
        await PictureAsync("overview", dark: true);
        await PictureAsync("overview", phone: true);

        // Why can one of them not sign in?
        await page.GotoAsync(Paths.Query(Paths.Users, ("search", "felix.schmidt")));
        await page.GetByText("Why?").First.ClickAsync();
        await page.Locator(".person").First.WaitForAsync();
        await ShootAsync("explain");

        // Somebody has approved it all the same; now it is to be taken back.
        await page.GotoAsync(Paths.Root);
        await page.GetByRole(AriaRole.Link, new() { Name = "Look and decide" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve:" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take back", Exact = true }).ClickAsync();
        await page.GetByText("This would be taken back.").WaitForAsync();
        await ShootAsync("take-back");
        if (every)
        {
            await RestAsync();
        }
    }

    /// <summary>The pages that no document shows.</summary>
    private async Task RestAsync()
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Take back:" }).ClickAsync();
        await page.GetByText("The schedule of example is paused now.").WaitForAsync();
        await ShootAsync("taken-back");
        foreach (var (name, path) in new[]
        {
            ("notifications", Paths.Notifications), ("licences", Paths.Licences), ("runs", Paths.Runs), ("collisions", Paths.Collisions("example")), ("new-directory", Paths.NewDirectory),
            ("new-role", Paths.NewRole), ("nobody", Paths.Query(Paths.Users, ("search", "nobody-like-that"))),
        })
        {
            await page.GotoAsync(path);
            await ShootAsync(name);
        }
    }

    private async Task ShootAsync(string name)
    {
        await PictureAsync(name);
        if (every)
        {
            await PictureAsync(name, dark: true);
            await PictureAsync(name, phone: true);
        }
    }

    private async Task PictureAsync(string name, bool dark = false, bool phone = false)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
        await page.SetViewportSizeAsync(phone ? 360 : Width, phone ? 740 : Height);
        var file = Path.Combine(folder, $"{name}{(dark ? "-dark" : "")}{(phone ? "-phone" : "")}.png");
        await page.ScreenshotAsync(new() { Path = file, FullPage = every });
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(Width, Height);
        var html = (await page.ContentAsync()).Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}  {new FileInfo(file).Length / 1024.0:0} KB, the page {html / 1024.0:0} KB"));
    }

    private static async Task DeleteAsync(string ldapUrl)
    {
        var found = await Command.RunAsync(
            "ldapsearch", ["-x", "-LLL", "-o", "ldif-wrap=no", "-H", ldapUrl, "-D", Slapd.RootName, "-w", Slapd.RootPassword, "-b", Company.PeopleBase, "(title=Engineer)", "1.1"]);
        var names = found.Split('\n').Where(line => line.StartsWith("dn:", StringComparison.Ordinal)).Take(Gone);
        await Command.RunAsync("ldapmodify", ["-x", "-c", "-H", ldapUrl, "-D", Slapd.RootName, "-w", Slapd.RootPassword], string.Concat(names.Select(name => $"{name}\nchangetype: delete\n\n")));
    }
}
