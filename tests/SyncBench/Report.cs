using System.Globalization;
using System.Text.Json;

namespace LdapSync.SyncBench;

/// <summary>One line of the table.</summary>
/// <param name="Name">What ran.</param>
/// <param name="Measured">In words.</param>
/// <param name="Limit">What is to be reached, in words; null: only reported.</param>
/// <param name="Holds">Null: only reported.</param>
internal sealed record Row(string Name, string Measured, string? Limit = null, bool? Holds = null);

/// <summary>A duration for the chart.</summary>
/// <param name="Name">What ran.</param>
/// <param name="Seconds">Median.</param>
/// <param name="Limit">Seconds, out of the raw limits of the same run; null: a raw limit itself.</param>
internal sealed record Bar(string Name, double Seconds, double? Limit);

/// <summary>Prints, and keeps as JSON and as a chart.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    private readonly List<Row> rows = [];
    private readonly List<Bar> bars = [];

    public bool Holds => rows.TrueForAll(row => row.Holds != false);

    public void Raw(string name, double seconds, string more = "")
    {
        rows.Add(new Row(name, $"{Text(seconds)} s{more}"));
        bars.Add(new Bar(name, seconds, null));
    }

    public void Timed(string name, double seconds, double limit, string formula, string more = "")
    {
        rows.Add(new Row(name, $"{Text(seconds)} s{more}", $"<= {formula} = {Text(limit)} s", seconds <= limit));
        bars.Add(new Bar(name, seconds, limit));
    }

    public void Check(string name, string measured, string limit, bool holds) => rows.Add(new Row(name, measured, limit, holds));

    public void Note(string name, string measured) => rows.Add(new Row(name, measured));

    public void Print(TextWriter output)
    {
        var (first, second) = (rows.Max(row => row.Name.Length), rows.Max(row => row.Measured.Length));
        foreach (var row in rows)
        {
            var verdict = row.Holds switch { true => "holds", false => "DOES NOT HOLD", null => "" };
            output.WriteLine($"  {row.Name.PadRight(first)}  {row.Measured.PadRight(second)}  {row.Limit,-34} {verdict}".TrimEnd());
        }

        output.WriteLine(Holds ? "\n  Every row holds." : $"\n  {rows.Count(row => row.Holds == false)} rows do not hold.");
    }

    public async Task SaveAsync(BenchOptions options, TimeSpan took)
    {
        Directory.CreateDirectory(options.Folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"sync-{options.Users}");
        var content = new
        {
            options.Users,
            options.Groups,
            options.Roles,
            options.Everybody,
            options.Repeats,
            Processors = Environment.ProcessorCount,
            Seconds = took.TotalSeconds,
            Holds,
            Rows = rows,
            Bars = bars,
        };
        await File.WriteAllTextAsync(Path.Combine(options.Folder, name + ".json"), JsonSerializer.Serialize(content, Format));
        await File.WriteAllTextAsync(Path.Combine(options.Folder, name + ".svg"), Chart.Of(options, bars));
        await Console.Out.WriteLineAsync($"  Kept in {Path.Combine(options.Folder, name)}.json and .svg");
    }

    public static string Text(double seconds) => seconds.ToString(seconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
