using LdapSync.AdminPages.Frame;
using LdapSync.App.Tests;
using LdapSync.TestBed;
using Microsoft.Playwright;
using Xunit;

namespace LdapSync.AdminPages.Tests;

/// <summary>What administrators come for, from the first hour on, by the pages alone.</summary>
public sealed class JourneyTests(Emulator emulator, Browser browser) : IClassFixture<Emulator>
{
    [Fact]
    public async Task FirstHour_EmptyInstallation_EndsWithUsersFromTheDirectory()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await using var visit = await Visit.StartAsync(browser, app);
        var page = visit.Page;

        await visit.SeeAsync("Nothing is connected yet");
        await visit.FollowAsync("Connect a directory");
        await visit.PressAsync("OpenLDAP");
        await FillAsync(page, app.Slapd, "wrong-password");
        await visit.PressAsync("Test");
        await Assertions.Expect(page.Locator("#trial")).ToContainTextAsync("Server: Password", new() { Timeout = 30_000 });

        // What was typed is still there, but for the password.
        Assert.Equal(Slapd.ReaderName, await page.Locator("[name='connection.administratorLogin']").InputValueAsync());
        Assert.Equal("", await page.Locator("[name='connection.password']").InputValueAsync());
        await page.Locator("[name='connection.password']").FillAsync(Slapd.ReaderPassword);
        await visit.PressAsync("Test");
        await Assertions.Expect(page.Locator("#trial h2")).ToHaveTextAsync("The test went well", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator("#trial")).ToContainTextAsync("5 users");
        await Assertions.Expect(page.Locator("#trial")).ToContainTextAsync("Anna Adler");

        await page.Locator("[name='connection.password']").FillAsync(Slapd.ReaderPassword);
        await visit.PressAsync("Save and synchronize");
        await visit.SeeAsync("Saved, and a synchronization has started.");
        await visit.EndAsync();

        await visit.FollowAsync("Overview");
        await visit.FollowAsync("Link roles");
        await visit.FollowAsync("New role");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Staff of the office");
        await visit.PressAsync("Create");
        await visit.PressAsync("Find groups");
        await page.GetByRole(AriaRole.Button, new() { Name = "Link to staff" }).ClickAsync();
        await visit.SeeAsync("Linked. The group's people become members");

        await visit.FollowAsync("Overview");
        await visit.PressAsync("Synchronize with LDAP");
        await visit.EndAsync();
        await visit.SeeAsync("3 created");
        await visit.SeeAsync("Chloé Costa");

        await visit.FollowAsync("Users");
        await page.GetByLabel("Login or name").FillAsync("ann");
        await visit.PressAsync("Find");
        await visit.FollowAsync("anna");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("Anna Adler");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("Can sign in");

        await visit.FollowAsync("Roles");
        await visit.FollowAsync("staff");
        Assert.Equal(3, await page.GetByRole(AriaRole.Region, new() { Name = "Members" }).Locator("tbody tr").CountAsync());
    }

    [Fact]
    public async Task MassChange_OverTheLimit_IsStoppedAndThenApproved()
    {
        await using var app = await CrowdAsync(emulator);
        await app.Slapd.ModifyAsync(string.Concat(Enumerable.Range(1, 12).Select(number => People.Deleting($"p{number:D3}"))));
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.PressAsync("Synchronize with LDAP");
        await visit.SeeAsync("Nothing has been changed yet. Shall it?");

        // What matters is shown: those who would be deactivated.
        await Assertions.Expect(visit.Page.Locator(".change")).ToHaveCountAsync(12);
        await Assertions.Expect(visit.Page.Locator(".change .what").First).ToHaveTextAsync("user deactivated");
        await visit.FollowAsync("Overview");
        await visit.SeeAsync("example: a mass change waits for you");
        await visit.FollowAsync("Look and decide");
        await visit.PressAsync("Reject: change nothing");
        await visit.EndAsync("Rejected");
        Assert.Equal(30, await ActiveAsync(app));

        await visit.FollowAsync("Overview");
        await visit.PressAsync("Synchronize with LDAP");
        await visit.SeeAsync("Nothing has been changed yet. Shall it?");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Approve: 12 deactivated" }).ClickAsync();
        await visit.EndAsync();
        Assert.Equal(18, await ActiveAsync(app));
    }

    [Fact]
    public async Task Preview_ThenSynchronization_ChangesNothingBefore()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff", "project");
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.PressAsync("Preview");
        await visit.EndAsync("Preview ready");
        await visit.SeeAsync("This was a preview: nothing has been changed.");
        Assert.Equal(0, await ActiveAsync(app));

        await visit.FollowAsync("5 join a role");
        await Assertions.Expect(visit.Page.Locator(".change")).ToHaveCountAsync(5);
        await visit.Page.Locator("#rule").SelectOptionAsync("U1");
        await visit.PressAsync("Show");
        await visit.SeeAsync("There are none.");

        await visit.PressAsync("Apply this preview");
        await visit.EndAsync();
        Assert.Equal(4, await ActiveAsync(app));
    }

    [Fact]
    public async Task Update_InTheChanges_ShowsBeforeAndAfterSideBySide()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Replacing("anna", "mail", "anna.new@example.test"));
        var run = await app.CompleteAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.GoAsync(Paths.Run((string)run["id"]!));
        await Assertions.Expect(visit.Page.Locator(".diff .before").First).ToHaveTextAsync("anna@example.test");
        await Assertions.Expect(visit.Page.Locator(".diff .after").First).ToHaveTextAsync("anna.new@example.test");
    }

    [Fact]
    public async Task Binding_ByHand_IsFoundInTheDirectoryAndTakenBack()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.FollowAsync("Users");
        await visit.FollowAsync("New user");
        await visit.Page.GetByLabel("Login", new() { Exact = true }).FillAsync("external.emil");
        await visit.PressAsync("Create");
        await Assertions.Expect(visit.Page.Locator("#field-fullName-error")).ToHaveTextAsync("Required.");
        Assert.Equal("external.emil", await visit.Page.Locator("[name=login]").InputValueAsync());
        await visit.Page.GetByLabel("Full name").FillAsync("Emil E.");
        await visit.PressAsync("Create");

        await visit.Page.GetByLabel("Person in the directory").FillAsync("evans");
        await visit.PressAsync("Find in the directory");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Bind to emil" }).ClickAsync();
        await visit.SeeAsync("Bound by hand to");
        await visit.PressAsync("Unbind");
        await visit.SeeAsync("Not bound: kept by hand");
    }

    [Fact]
    public async Task Why_SomebodyWhoLeftTheGroup_IsToldOnTheFirstPage()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.ModifyAsync(People.Leaving("staff", "ben"));
        await app.CompleteAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.Page.GetByLabel("Login or name").FillAsync("ben");
        await visit.PressAsync("Look");
        await visit.SeeAsync("Cannot sign in: in no linked group, and not bound by hand.");
        await visit.SeeAsync("Ben Becker");
        Assert.DoesNotContain("options.", await visit.TextAsync(), StringComparison.Ordinal);
        await visit.SeeAsync("What the last runs did");
        await Assertions.Expect(visit.Page.Locator(".person .status").First).ToHaveTextAsync("not in");
        Assert.Empty(await visit.AxeAsync());

        // One who is in the directory and never became a user.
        await visit.FollowAsync("Overview");
        await visit.Page.GetByLabel("Login or name").FillAsync("emil");
        await visit.PressAsync("Look");
        await visit.FollowAsync("What does example say about this login?");
        await visit.SeeAsync("Not imported: in none of the linked groups");
    }

    [Fact]
    public async Task WithoutScripts_SetupAndRun_WorkAllTheSame()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await using var visit = await Visit.StartAsync(browser, app, new BrowserNewContextOptions { JavaScriptEnabled = false });

        await visit.GoAsync(Paths.NewDirectory);
        await visit.PressAsync("OpenLDAP");
        await FillAsync(visit.Page, app.Slapd, Slapd.ReaderPassword);
        await visit.PressAsync("Save and synchronize");
        await visit.EndAsync();
    }

    [Fact]
    public async Task Keyboard_Alone_SignsInAndStartsAPreview()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await using var visit = await Visit.StartAsync(browser, app, signIn: false);
        var keyboard = visit.Page.Keyboard;

        await visit.GoAsync(Paths.Root);
        await keyboard.TypeAsync(Installation.PageKey);
        await keyboard.PressAsync("Enter");
        await visit.SeeAsync("Overview");

        // The first stop skips the navigation.
        await keyboard.PressAsync("Tab");
        Assert.Equal("Skip to content", await FocusedAsync(visit.Page));
        await visit.TabToAsync("Preview");
        await keyboard.PressAsync("Enter");
        await visit.EndAsync("Preview ready");
    }

    internal static async Task FillAsync(IPage page, Slapd slapd, string password)
    {
        foreach (var (field, value) in new (string, string)[]
        {
            ("directoryId", Api.Directory),
            ("connection.serverName", $"localhost:{slapd.TlsPort}"),
            ("connection.administratorLogin", Slapd.ReaderName),
            ("connection.password", password),
            ("connection.trustedCertificates", slapd.Authority.Pem),
            ("users.searchBase", $"ou=people,{Slapd.Suffix}"),
            ("groups.searchBase", $"ou=groups,{Slapd.Suffix}"),
        })
        {
            await page.Locator($"[name='{field}']").FillAsync(value);
        }
    }

    /// <summary>Thirty people in one linked group, all imported.</summary>
    internal static async Task<Installation> CrowdAsync(Emulator emulator)
    {
        var people = new People().Crowd(30);
        var app = await Installation.StartAsync(emulator, people.Group("all", [.. people.Logins]));
        await app.ConfigureAsync();
        await app.LinkAsync("all");
        await app.CompleteAsync();
        return app;
    }

    internal static async Task<int> ActiveAsync(Installation app) => (await app.GetAsync("api/users?active=true&pageSize=1000"))["items"]!.AsArray().Count;

    private static Task<string> FocusedAsync(IPage page) => page.EvaluateAsync<string>("document.activeElement.innerText || ''");
}
