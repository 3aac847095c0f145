using System.Globalization;
using LdapSync.Demo.Http;
using LdapSync.Demo.Terminal;
using Spectre.Console;

namespace LdapSync.Demo.Acts;

/// <summary>The first synchronization: people in linked groups become users and members.</summary>
internal static class FirstImport
{
    public static async Task PlayAsync(Context context, CancellationToken cancellationToken)
    {
        var stage = context.Stage;
        stage.Act("First synchronization");
        var run = await context.SynchronizeAsync(dryRun: false, cancellationToken);
        ShowTotals(stage, run);

        var expected = context.Expected;
        context.Expect("users created", expected.ActiveUsers.Count, run.Totals.Created);
        context.Expect("collisions", 1L, run.Totals.Collisions);
        await context.CheckRecordsAsync(cancellationToken);
        stage.Good($"users created == people in the linked groups who are not disabled: {Stage.Number(expected.ActiveUsers.Count)}");
        await ShowNotesAsync(context, run, cancellationToken);
        await stage.PauseAsync(cancellationToken);

        await ShowUsersAsync(context, cancellationToken);
        await ShowRolesAsync(context, cancellationToken);
        stage.Good("every role has exactly its group's active people, and who was put in by hand");
        await stage.PauseAsync(cancellationToken);
    }

    public static void ShowTotals(Stage stage, Run run)
    {
        var totals = run.Totals;
        stage.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"read     {totals.UsersRead,6:N0} users   {totals.GroupsRead,6:N0} groups   {totals.MembershipsRead,6:N0} memberships   in {run.Seconds:0.0} s"));
        stage.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"users    {totals.Created,6:N0} created   {totals.Updated,6:N0} updated   {totals.Deactivated,4:N0} deactivated   {totals.Reactivated,4:N0} reactivated"));
        stage.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"roles    {totals.MembersAdded,6:N0} members added   {totals.MembersRemoved,4:N0} removed   {totals.RolesRenamed,4:N0} renamed"));
    }

    private static async Task ShowNotesAsync(Context context, Run run, CancellationToken cancellationToken)
    {
        var notes = await context.Api.ListAsync<Note>($"runs/{run.Id}/notes", cancellationToken);
        if (!notes.Exists(note => note.Kind == "collision" && note.Subject.Contains(context.Cast.Collides.Login, StringComparison.OrdinalIgnoreCase)))
        {
            throw new DemoException($"The run does not list the collision of {context.Cast.Collides.Login} (U5).");
        }

        foreach (var note in notes.GroupBy(note => note.Kind).SelectMany(kind => kind.Take(2)).Take(6))
        {
            context.Stage.Remark($"{note.Rule}  {note.Message}");
        }
    }

    private static async Task ShowUsersAsync(Context context, CancellationToken cancellationToken)
    {
        var accounts = (await context.Api.GetAsync<Page<Named>>("accounts", cancellationToken)).Items.ToDictionary(item => item.Id, item => item.Name);
        var titles = (await context.Api.GetAsync<Page<Named>>("job-titles", cancellationToken)).Items.ToDictionary(item => item.Id, item => item.Name);
        var table = Stage.Table("login", "full name", "e-mail", "account (U6)", "job title (U7)");
        foreach (var login in context.Cast.Samples)
        {
            var user = await context.FindUserAsync(login, cancellationToken) ?? throw new DemoException($"There is no user {login}.");
            table.AddRow(
                new Text(user.Login), new Text(user.FullName), new Text(user.Email ?? ""),
                new Text(Name(accounts, user.Account)), new Text(Name(titles, user.JobTitle)));
        }

        context.Stage.Show(table);
    }

    private static async Task ShowRolesAsync(Context context, CancellationToken cancellationToken)
    {
        var table = Stage.Table("role", "kind", ">members", ">by hand");
        foreach (var role in context.Roles.Values)
        {
            var members = await context.Api.ListAsync<RoleMember>($"roles/{role.Id}/members", cancellationToken);
            var byHand = members.Count(member => !member.FromDirectory);
            context.Expect($"members of {role.Name} put in by hand", role.Name == "Finance" ? 1 : 0, byHand);
            table.AddRow(
                new Text(role.Name), new Text(role.Kind), new Text(Stage.Number(members.Count - byHand)), new Text(byHand == 0 ? "" : Stage.Number(byHand)));
        }

        context.Stage.Show(table);
    }

    private static string Name(Dictionary<string, string> names, string? id) => id is null ? "-" : names.GetValueOrDefault(id, id);
}
