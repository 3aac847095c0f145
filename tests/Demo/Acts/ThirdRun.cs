using LdapSync.Demo.Http;

namespace LdapSync.Demo.Acts;

/// <summary>Nothing has changed, so nothing is done (G3).</summary>
internal static class ThirdRun
{
    public static async Task PlayAsync(Context context, CancellationToken cancellationToken)
    {
        context.Stage.Act("Third synchronization");
        var run = await context.SynchronizeAsync(dryRun: false, cancellationToken);
        FirstImport.ShowTotals(context.Stage, run);
        var changes = await context.Api.ListAsync<Change>($"runs/{run.Id}/changes", cancellationToken);
        context.Expect("changes without a change in the directory", 0, changes.Count);
        context.Expect("operations applied without a change in the directory", 0L, run.Totals.Applied);
        context.Stage.Good("nothing to do, 0 changes");
        await context.Stage.PauseAsync(cancellationToken);
    }
}
