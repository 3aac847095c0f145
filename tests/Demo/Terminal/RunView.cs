using LdapSync.Demo.Http;
using Spectre.Console;

namespace LdapSync.Demo.Terminal;

/// <summary>Follows a run to its end: a bar per phase in a terminal, otherwise a line per finished phase.</summary>
internal static class RunView
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);

    public static Task<Run> FollowAsync(this Stage stage, ApiClient api, string runId, CancellationToken cancellationToken) =>
        stage.IsTerminal ? BarsAsync(stage, api, runId, cancellationToken) : LinesAsync(stage, api, runId, cancellationToken);

    private static Task<Run> BarsAsync(Stage stage, ApiClient api, string runId, CancellationToken cancellationToken)
    {
        var counts = new CountColumn();
        var bars = new Dictionary<string, ProgressTask>();
        return stage.Ansi.Progress()
            .Columns(new IndentColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 36 }, counts)
            .StartAsync(progress => PollAsync(api, runId, run => Update(progress, counts, bars, run), cancellationToken));
    }

    private static void Update(ProgressContext progress, CountColumn counts, Dictionary<string, ProgressTask> bars, Run run)
    {
        foreach (var phase in PhasesOf(run))
        {
            if (!bars.TryGetValue(phase.Name, out var bar))
            {
                bars[phase.Name] = bar = progress.AddTask(Markup.Escape(Words(phase.Name)));
            }

            bar.IsIndeterminate = !phase.Finished && phase.Total is null or 0 && phase.Name == run.Phase;
            bar.MaxValue = Math.Max(1, phase.Total ?? phase.Done);
            bar.Value = phase.Finished ? bar.MaxValue : Math.Min(phase.Done, bar.MaxValue);
            counts.Set(bar, phase.Finished || phase.Done > 0 ? Count(phase) : "");
        }
    }

    private static Task<Run> LinesAsync(Stage stage, ApiClient api, string runId, CancellationToken cancellationToken)
    {
        var told = new HashSet<string>();
        return PollAsync(
            api, runId,
            run =>
            {
                foreach (var phase in PhasesOf(run))
                {
                    if (phase.Finished && told.Add(phase.Name))
                    {
                        stage.Say($"{Words(phase.Name),-24} {Count(phase),18}");
                    }
                }
            },
            cancellationToken);
    }

    private static async Task<Run> PollAsync(ApiClient api, string runId, Action<Run> seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            var run = await api.GetAsync<Run>($"runs/{runId}", cancellationToken);
            seen(run);
            if (run.IsOver)
            {
                return run;
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    // A preview applies nothing.
    private static IEnumerable<RunPhase> PhasesOf(Run run) => (run.Phases ?? []).Where(phase => !run.DryRun || phase.Name != "applying");

    private static string Count(RunPhase phase) =>
        phase.Total is { } total && total != phase.Done ? $"{Stage.Number(phase.Done)} of {Stage.Number(total)}" : Stage.Number(phase.Done);

    // readUsers -> Read users
    private static string Words(string name) =>
        string.Concat(name.Select((letter, index) =>
            index == 0 ? char.ToUpperInvariant(letter).ToString() : char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : letter.ToString()));
}
