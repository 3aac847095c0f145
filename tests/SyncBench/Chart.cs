using System.Globalization;
using System.Net;
using System.Text;

namespace LdapSync.SyncBench;

/// <summary>The durations as bars, each with a mark where its limit is. Logarithmic, so that seconds and minutes are on one chart.</summary>
internal static class Chart
{
    private const int Left = 250;
    private const int Width = 460;
    private const int Line = 30;
    private const int Top = 58;

    public static string Of(BenchOptions options, IReadOnlyList<Bar> bars)
    {
        var least = Math.Pow(10, Math.Floor(Math.Log10(bars.Min(bar => Math.Max(bar.Seconds, 0.01)))));
        var most = Math.Pow(10, Math.Ceiling(Math.Log10(bars.Max(bar => Math.Max(bar.Seconds, bar.Limit ?? 0)) + 0.01)));
        double At(double seconds) => Left + (Width * Math.Log(Math.Max(seconds, least) / least) / Math.Log(most / least));

        var height = Top + (bars.Count * Line) + 40;
        var svg = new StringBuilder();
        void Add(FormattableString text) => svg.Append(FormattableString.Invariant(text)).Append('\n');
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 90} {height}\" font-family=\"sans-serif\" font-size=\"13\">");
        Add($"<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        Add($"<text x=\"16\" y=\"26\" font-size=\"16\" font-weight=\"bold\" fill=\"#1f2933\">{options.Users:N0} users, {options.Groups:N0} groups, {options.Roles:N0} linked roles</text>");
        Add($"<text x=\"16\" y=\"45\" fill=\"#52606d\">seconds, medians of {options.Repeats}; grey: raw limits, blue: runs, line: limit</text>");
        for (var grid = least; grid <= most * 1.001; grid *= 10)
        {
            Add($"<line x1=\"{At(grid):0.0}\" y1=\"{Top}\" x2=\"{At(grid):0.0}\" y2=\"{height - 34}\" stroke=\"#e4e7eb\"/>");
            Add($"<text x=\"{At(grid):0.0}\" y=\"{height - 16}\" text-anchor=\"middle\" fill=\"#52606d\">{grid:0.###} s</text>");
        }

        for (var i = 0; i < bars.Count; i++)
        {
            var (bar, y) = (bars[i], Top + (i * Line) + 5);
            var color = bar.Limit is null ? "#9aa5b1" : bar.Seconds <= bar.Limit ? "#2680c2" : "#cf1124";
            Add($"<text x=\"{Left - 10}\" y=\"{y + 14}\" text-anchor=\"end\" fill=\"#1f2933\">{WebUtility.HtmlEncode(bar.Name)}</text>");
            Add($"<rect x=\"{Left}\" y=\"{y}\" width=\"{Math.Max(1, At(bar.Seconds) - Left):0.0}\" height=\"20\" fill=\"{color}\"/>");
            var end = At(Math.Max(bar.Seconds, bar.Limit ?? 0)) + 8;
            Add($"<text x=\"{end:0.0}\" y=\"{y + 14}\" fill=\"#1f2933\">{bar.Seconds.ToString(bar.Seconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture)}</text>");
            if (bar.Limit is { } limit)
            {
                Add($"<line x1=\"{At(limit):0.0}\" y1=\"{y - 3}\" x2=\"{At(limit):0.0}\" y2=\"{y + 23}\" stroke=\"#1f2933\" stroke-width=\"2\"/>");
            }
        }

        Add($"</svg>");
        return svg.ToString();
    }
}
