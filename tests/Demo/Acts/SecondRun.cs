using LdapSync.Demo.Http;
using LdapSync.Demo.Terminal;

namespace LdapSync.Demo.Acts;

/// <summary>What changed in the directory, first as a preview, then for real.</summary>
internal static class SecondRun
{
    public static async Task PlayAsync(Context context, CancellationToken cancellationToken)
    {
        var (stage, cast, api) = (context.Stage, context.Cast, context.Api);
        var before = await context.FindUserAsync(cast.Renamed.Login, cancellationToken)
            ?? throw new DemoException($"There is no user {cast.Renamed.Login}.");

        stage.Act("Preview (dry run)");
        var preview = await context.SynchronizeAsync(dryRun: true, cancellationToken);
        var planned = await api.ListAsync<Change>($"runs/{preview.Id}/changes", cancellationToken);
        stage.Show(ChangeTable.Of(planned, context.Roles));
        context.Expect("changes applied by the preview", 0L, preview.Totals.Applied);
        var unchanged = await context.FindUserAsync(cast.Renamed.Login, cancellationToken);
        context.Expect("the record of the renamed person after the preview", before, unchanged);
        stage.Good($"{planned.Count} changes planned, nothing written");
        await stage.PauseAsync(cancellationToken);

        stage.Act("Second synchronization");
        var run = await context.SynchronizeAsync(dryRun: false, cancellationToken);
        var applied = await api.ListAsync<Change>($"runs/{run.Id}/changes", cancellationToken);
        FirstImport.ShowTotals(stage, run);
        stage.Show(ChangeTable.Of(applied, context.Roles));
        ExpectSame(planned, applied);
        stage.Good($"exactly the {applied.Count} changes of the preview");

        await CheckAsync(context, run, before, cancellationToken);
        await stage.PauseAsync(cancellationToken);
    }

    private static void ExpectSame(List<Change> planned, List<Change> applied)
    {
        var missing = planned.Except(applied).FirstOrDefault();
        var surprise = applied.Except(planned).FirstOrDefault();
        if (missing is not null || surprise is not null)
        {
            throw new DemoException($"The run differs from its preview: planned {missing}, done {surprise}");
        }
    }

    private static async Task CheckAsync(Context context, Run run, User before, CancellationToken cancellationToken)
    {
        var (stage, cast) = (context.Stage, context.Cast);
        context.Expect("users created", 3L, run.Totals.Created);
        context.Expect("users deactivated", 3L, run.Totals.Deactivated);
        context.Expect("roles renamed", 1L, run.Totals.RolesRenamed);
        foreach (var role in await context.Api.ListAsync<Role>("roles", cancellationToken))
        {
            if (context.Roles.ContainsKey(role.Id))
            {
                context.Roles[role.Id] = role;
            }
        }

        var renamed = await context.FindUserAsync(DirectoryChanges.NewLogin, cancellationToken)
            ?? throw new DemoException($"There is no user {DirectoryChanges.NewLogin}: the rename was not followed.");
        context.Expect("id of the renamed user", before.Id, renamed.Id);
        context.Expect("full name of the renamed user", DirectoryChanges.NewFullName(cast.Renamed), renamed.FullName);
        context.Expect("users with the old login", null, await context.FindUserAsync(cast.Renamed.Login, cancellationToken));
        stage.Good($"{cast.Renamed.Login} is {renamed.Login} now: the same user, no second one");

        foreach (var person in (TestBed.CompanyPerson[])[cast.Disabled, cast.Deleted, cast.Left])
        {
            var user = await context.FindUserAsync(person.Login, cancellationToken) ?? throw new DemoException($"The user {person.Login} is gone.");
            context.Expect($"{person.Login} active, may sign in", (false, false), (user.Active, user.CanSignIn));
        }

        stage.Good("the disabled, the deleted and the one who left are inactive and cannot sign in");
        await context.CheckRecordsAsync(cancellationToken);
        stage.Good($"{Stage.Number(context.Expected.ActiveUsers.Count)} active users and the members of all linked roles are as in the directory");
    }
}
