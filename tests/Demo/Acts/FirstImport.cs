using System.Globalization;
using System.Text;
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
        Line("read", [(totals.GroupsRead, "groups"), (totals.UsersRead, "users"), (totals.MembershipsRead, "memberships")]);
        Line("users", [(totals.Created, "created"), (totals.Updated, "updated"), (totals.Deactivated, "deactivated"), (totals.Reactivated, "reactivated")]);
        Line("roles", [(totals.MembersAdded, "members added"), (totals.MembersRemoved, "removed"), (totals.RolesRenamed, "renamed")]);
        Line("all", [(totals.Applied, "written"), (totals.Collisions, "collisions"), (totals.EntryProblems, "bad entries")]);
        stage.Remark(string.Create(CultureInfo.InvariantCulture, $"in {run.Seconds:0.0} s"));

        void Line(string about, ReadOnlySpan<(long Number, string What)> numbers)
        {
            var line = new StringBuilder($"{about,-6}");
            foreach (var (number, what) in numbers)
            {
                line.Append(CultureInfo.InvariantCulture, $"{number,7:N0} {what,-14}");
            }

            stage.Say(line.ToString().TrimEnd());
        }
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
            context.Stage.Remark($"{note.Rule}  {note.Subject}: {note.Message}");
        }
    }

    private static async Task ShowUsersAsync(Context context, CancellationToken cancellationToken)
    {
        var table = Stage.Table("login", "full name", "e-mail", "account (U6)", "job title (U7)");
        foreach (var login in context.Cast.Samples)
        {
            var user = await context.FindUserAsync(login, cancellationToken) ?? throw new DemoException($"There is no user {login}.");
            table.AddRow(
                new Text(user.Login), new Text(user.FullName), new Text(user.Email ?? ""),
                new Text(user.Account ?? "-"), new Text(user.JobTitle ?? "-"));
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
}
