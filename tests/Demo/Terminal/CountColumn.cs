using Spectre.Console;
using Spectre.Console.Rendering;

namespace LdapSync.Demo.Terminal;

/// <summary>How many, beside a progress bar.</summary>
internal sealed class CountColumn : ProgressColumn
{
    public const string Key = "count";

    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.State.Get<string>(Key) ?? "", new Style(Color.Grey));

    public override int? GetColumnWidth(RenderOptions options) => 18;
}
