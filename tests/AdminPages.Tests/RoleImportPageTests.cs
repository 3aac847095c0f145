using LdapSync.AdminPages.Frame;
using LdapSync.App.Tests;
using LdapSync.TestBed;
using Microsoft.Playwright;
using Xunit;

namespace LdapSync.AdminPages.Tests;

/// <summary>Many groups become roles at once, after a look at the tree.</summary>
public sealed class RoleImportPageTests(Emulator emulator, Browser browser) : IClassFixture<Emulator>
{
    [Fact]
    public async Task Groups_WithUnitsAsParents_ShowTheTreeAndBecomeRoles()
    {
        await using var app = await StartAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.FollowAsync("Roles");
        await visit.FollowAsync("Groups as roles");
        await visit.Page.GetByLabel("What they are part of").SelectOptionAsync("units");
        await visit.PressAsync("Preview");
        await visit.SeeAsync("5 roles would be made");
        Assert.Equal(["project", "Sales", "Europe", "north", "staff"], await LinesAsync(visit));
        await Assertions.Expect(visit.Page.Locator(".tree .depth-2")).ToContainTextAsync("north");
        Assert.Empty(await app.ItemsAsync("api/roles"));
        Assert.Empty(await visit.AxeAsync());
        await visit.FitsAsync(360);

        // One is not wanted.
        await visit.Page.GetByLabel("project", new() { Exact = true }).UncheckAsync();
        await visit.PressAsync("Import");
        await visit.SeeAsync("Imported. The groups' people become members with the next synchronization.");
        Assert.Equal(["Europe", "Sales", "north", "staff"], (await app.ItemsAsync("api/roles")).Select(role => (string)role["name"]!).Order(StringComparer.Ordinal));

        // Again: only what is new, in the tree that is there.
        await visit.FollowAsync("Groups as roles");
        await visit.Page.GetByLabel("Only groups whose name has").FillAsync("nor");
        await visit.Page.GetByLabel("What they are part of").SelectOptionAsync("units");
        await visit.PressAsync("Preview");
        await visit.SeeAsync("Nothing new");
        await visit.SeeAsync("1 group has a role already");
        Assert.Equal(["Sales", "Europe", "north"], await LinesAsync(visit));
    }

    [Fact]
    public async Task Groups_InGroups_BecomeChildrenOfTheirRoles()
    {
        await using var app = await StartAsync();
        await app.Slapd.ModifyAsync($"dn: {People.GroupName("staff")}\nchangetype: modify\nadd: member\nmember: {People.GroupName("project")}\n\n");
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.GoAsync(Paths.ImportRoles);
        await visit.Page.GetByLabel("What they are part of").SelectOptionAsync("nesting");
        await visit.PressAsync("Preview");
        await Assertions.Expect(visit.Page.Locator(".tree .depth-1")).ToContainTextAsync("project");
    }

    [Fact]
    public async Task Import_ThatCannotBe_SaysWhyAndKeepsTheChoices()
    {
        await using var app = await StartAsync();
        await using var visit = await Visit.StartAsync(browser, app);

        await visit.GoAsync(Paths.ImportRoles);
        await visit.Page.GetByLabel("Kind of the roles").SelectOptionAsync("Functional");
        await visit.Page.GetByLabel("What they are part of").SelectOptionAsync("units");
        await visit.PressAsync("Preview");
        await Assertions.Expect(visit.Page.Locator("#field-kind-error")).ToHaveTextAsync("Functional roles have no parents: take department or organization.");
        Assert.Equal("units", await visit.Page.GetByLabel("What they are part of").InputValueAsync());

        await visit.Page.GetByLabel("Kind of the roles").SelectOptionAsync("Department");
        await visit.PressAsync("Preview");
        foreach (var group in await visit.Page.GetByRole(AriaRole.Checkbox).AllAsync())
        {
            await group.UncheckAsync();
        }

        await visit.PressAsync("Import");
        await visit.SeeAsync("No group is chosen");
        Assert.Empty(await app.ItemsAsync("api/roles"));

        await app.Slapd.StopAsync();
        await visit.GoAsync(Paths.Query(Paths.ImportRoles, ("parents", "none")));
        await Assertions.Expect(visit.Page.Locator("[role=alert]")).ToBeVisibleAsync();
    }

    /// <summary>Two groups at the top, and one in a unit in a unit.</summary>
    private async Task<Installation> StartAsync()
    {
        var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.Slapd.ModifyAsync(
            $"dn: ou=Sales,ou=groups,{Slapd.Suffix}\nchangetype: add\nobjectClass: organizationalUnit\nou: Sales\n\n"
            + $"dn: ou=Europe,ou=Sales,ou=groups,{Slapd.Suffix}\nchangetype: add\nobjectClass: organizationalUnit\nou: Europe\n\n"
            + $"dn: cn=north,ou=Europe,ou=Sales,ou=groups,{Slapd.Suffix}\nchangetype: add\nobjectClass: groupOfNames\ncn: north\nmember: {People.Name("anna")}\n\n");
        return app;
    }

    private static async Task<IEnumerable<string>> LinesAsync(Visit visit) =>
        (await visit.Page.Locator(".tree .row").AllInnerTextsAsync()).Select(line => line.Trim().Split('\n')[0].Trim());
}
