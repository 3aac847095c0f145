using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LdapSync.Demo.Terminal;

/// <summary>What the demo says and shows. Plain lines where no person looks on: no terminal, <c>NO_COLOR</c> or <c>TERM=dumb</c>.</summary>
internal sealed class Stage
{
    // Wide enough that nothing is folded: programs and logs read lines.
    private const int PlainWidth = 1000;

    private readonly IAnsiConsole console;
    private readonly bool pauses;
    private int act;

    public Stage(DemoOptions options)
    {
        IsTerminal = !Console.IsOutputRedirected
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        pauses = IsTerminal && !options.Fast;
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsTerminal ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!IsTerminal)
        {
            console.Profile.Out = new AnsiConsoleOutput(new TrimmedWriter(Console.Out));
            console.Profile.Width = PlainWidth;
        }
    }

    public bool IsTerminal { get; }

    public IAnsiConsole Ansi => console;

    /// <summary>Begins a numbered part.</summary>
    public void Act(string title)
    {
        console.WriteLine();
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold teal]{++act}  {title}[/]");
    }

    public void Say(string text) => Write("   ", text, Style.Plain);

    public void Remark(string text) => Write("   ", text, new Style(Color.Grey));

    /// <summary>Something that was checked and is as it has to be.</summary>
    public void Good(string text) => Write("   ✓ ", text, new Style(Color.Green));

    public void Bad(string text) => Write("   ✗ ", text, new Style(Color.Red));

    public void Show(IRenderable what) => console.Write(new Padder(what, new Padding(3, 0, 0, 0)));

    /// <summary>A table without frame: the demo's only kind.</summary>
    public static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
        foreach (var column in columns)
        {
            // A leading ">" aligns numbers to the right.
            var number = column.StartsWith('>');
            var header = new TableColumn(new Text(number ? column[1..] : column, new Style(decoration: Decoration.Bold)));
            table.AddColumn(number ? header.RightAligned() : header);
        }

        return table;
    }

    /// <summary>Time to read, where somebody does.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) =>
        pauses ? Task.Delay(TimeSpan.FromSeconds(2.5), cancellationToken) : Task.CompletedTask;

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private void Write(string indent, string text, Style style)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            console.Write(new Text(indent + line, style));
            console.WriteLine();
            indent = new string(' ', indent.Length);
        }
    }
}
