using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LdapSync.Demo.Terminal;

/// <summary>How many, beside a progress bar.</summary>
internal sealed class CountColumn : ProgressColumn
{
    private readonly ConcurrentDictionary<int, string> counts = new();

    protected override bool NoWrap => true;

    public void Set(ProgressTask task, string count) => counts[task.Id] = count;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(counts.GetValueOrDefault(task.Id, ""), new Style(Color.Grey));

    public override int? GetColumnWidth(RenderOptions options) => 18;
}

/// <summary>Puts the bars where the demo's text begins.</summary>
internal sealed class IndentColumn : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text("  ");

    public override int? GetColumnWidth(RenderOptions options) => 2;
}
