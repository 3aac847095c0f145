using LdapSync.Demo.Http;
using LdapSync.Demo.Story;
using LdapSync.Demo.Terminal;
using LdapSync.TestBed;

namespace LdapSync.Demo.Acts;

/// <summary>An administrator configures the directory and links roles to groups.</summary>
internal static class Configuration
{
    // One firm and some titles are left out, so that rules U6 and U7 have something to tell.
    private static readonly string[] Accounts = ["Example Corp", "Example Health", "Example Labs"];

    private static readonly string[] JobTitles =
    [
        "Engineer", "Senior Engineer", "Analyst", "Technician", "Accountant", "Consultant", "Project Manager", "Team Lead", "Assistant", "Specialist",
    ];

    public static async Task PlayAsync(Context context, CancellationToken cancellationToken)
    {
        var stage = context.Stage;
        stage.Act("Settings");
        var settings = SettingsFor(context);
        var test = await context.Api.PostAsync<ConnectionTest>(
            $"directories/{Context.DirectoryId}/settings/test", settings, cancellationToken);
        if (!test.Ok)
        {
            throw new DemoException($"The settings' test failed at {test.Failure?.Field}: {test.Failure?.Message}");
        }

        stage.Good($"POST .../settings/test: the directory answers, {Stage.Number(test.Users!.Count)} users and {test.Groups!.Count} groups match the filters");
        await context.Api.PutAsync<object>($"directories/{Context.DirectoryId}/settings?start=false", settings, cancellationToken);
        stage.Good($"PUT  .../settings: preset openLdap, LDAPS with a test authority, base {Company.PeopleBase}");

        foreach (var name in Accounts)
        {
            await context.Api.PostAsync<Named>("accounts", new { name }, cancellationToken);
        }

        foreach (var name in JobTitles)
        {
            await context.Api.PostAsync<Named>("job-titles", new { name }, cancellationToken);
        }

        stage.Good($"{Accounts.Length} accounts and {JobTitles.Length} job titles to match people's company and title with");
        await LinkRolesAsync(context, cancellationToken);
        await PutInByHandAsync(context, cancellationToken);
        await stage.PauseAsync(cancellationToken);
    }

    private static object SettingsFor(Context context) => new
    {
        preset = "openLdap",
        connection = new
        {
            serverName = context.Servers.LdapsServer,
            security = "ldaps",
            trustedCertificates = context.Servers.AuthorityPem,
            authenticationType = "basic",
            administratorLogin = Slapd.ReaderName,
            password = Slapd.ReaderPassword,
        },
        schedule = new { intervalHours = 0 },
        options = new { synchronizeOnlyGroups = true },
        users = new { searchBase = Company.PeopleBase },
        groups = new { searchBase = Company.GroupsBase },
    };

    private static async Task LinkRolesAsync(Context context, CancellationToken cancellationToken)
    {
        var organization = await context.Api.PostAsync<Role>("roles", new { name = "Example", kind = "organization" }, cancellationToken);
        foreach (var group in context.Cast.Departments)
        {
            await LinkAsync(context, group, "department", organization.Id, cancellationToken);
        }

        foreach (var group in context.Cast.Projects)
        {
            await LinkAsync(context, group, "functional", null, cancellationToken);
        }

        context.Stage.Good(
            $"{context.Cast.Departments.Count} organizational roles under \"Example\" and {context.Cast.Projects.Count} functional ones, each linked to a group found through GET .../groups");
    }

    private static async Task LinkAsync(Context context, CompanyGroup group, string kind, string? parentId, CancellationToken cancellationToken)
    {
        var found = await context.Api.GetAsync<Page<Group>>(
            $"directories/{Context.DirectoryId}/groups?search={Uri.EscapeDataString(group.Name)}&limit=20", cancellationToken);
        var choice = found.Items.FirstOrDefault(item => item.Name == group.Name)
            ?? throw new DemoException($"GET groups?search={group.Name} does not find that group.");
        context.Expect($"id of group {group.Name}", group.EntryId.ToString(), choice.LdapId);
        var role = await context.Api.PostAsync<Role>(
            "roles", new { name = group.Name, kind, parentId, directoryId = Context.DirectoryId, groupId = choice.LdapId }, cancellationToken);
        context.Roles[role.Id] = role;
    }

    // One who stays whatever the directory says (R6), and one whose login collides with a directory user's (U5).
    private static async Task PutInByHandAsync(Context context, CancellationToken cancellationToken)
    {
        var auditor = await context.Api.PostAsync<User>(
            "users", new { login = Cast.HandMadeLogin, fullName = "Outside Auditor" }, cancellationToken);
        await context.Api.PutAsync<object>($"roles/{context.RoleOf("Finance")}/members/{auditor.Id}", null, cancellationToken);
        await context.Api.PostAsync<User>(
            "users", new { login = context.Cast.Collides.Login, fullName = "Somebody Else" }, cancellationToken);
        context.Stage.Good($"two users made by hand: {Cast.HandMadeLogin}, in Finance, and {context.Cast.Collides.Login}, a login that the directory has too");
    }
}
