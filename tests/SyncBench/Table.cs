using static LdapSync.SyncBench.Measured;

namespace LdapSync.SyncBench;

/// <summary>What is to be reached, out of the raw limits of the same run.</summary>
internal static class Table
{
    private const int HistoryLimit = 2000;
    private const int DeltaSeconds = 3;
    private const double GrowthLimit = 11;

    public static Report Of(BenchOptions options, Measured large, Measured small)
    {
        var report = new Report();
        var (read, write, stored) = (Median(large.Read), large.Write.Min(), Median(large.Stored));
        var (first, full, changed) = (Median(large.First), Median(large.Unchanged), Median(large.Changed));
        report.Raw("R: ldapsearch", read, $", {options.Users / read:N0} users/s");
        report.Raw("W: insert the records", write, $", {large.Rows / write:N0} rows/s");
        report.Raw("S: read the records", stored, $", {large.Rows / stored:N0} rows/s");
        report.Timed("first import", first, 1.5 * (read + write), "1.5 (R + W)", Ratio(first, read + write));
        report.Timed("nothing changed, full", full, 4 * read, "4 R", Ratio(full, read));
        report.Timed("nothing changed, changed", changed, 3 * read, "3 R", Ratio(changed, read));
        var (rewritten, onePercent) = (large.Rewritten.Min(), Median(large.Onepercent));
        var share = write * large.Onepercent.Average(Rows) / large.Rows;
        report.Raw("C: write the 1 % changes", rewritten, $", {large.Onepercent.Average(Rows) / rewritten:N0} rows/s");
        report.Timed("1 % changed, full", onePercent, (1.4 * full) + share, "1.4 unchanged + W's share", Ratio(onePercent - share, full));
        AddDelta(report, large, small);
        report.Check("record writes, unchanged", $"{large.CountedFull.Writes} full, {large.CountedChanged.Writes} changed", "0", large.CountedFull.Writes + large.CountedChanged.Writes == 0);
        var memory = options.Users > 200_000 ? 400 : 300;
        report.Check("peak memory", $"{large.PeakMemory:0} MiB ({small.PeakMemory:0} at a tenth)", $"<= {memory} MiB", large.PeakMemory <= memory);
        Grow(report, "growth from a tenth, first", first / Median(small.First));
        Grow(report, "growth from a tenth, full", full / Median(small.Unchanged));
        report.Check("history events", $"{large.FirstHistory} first, {large.UnchangedHistory} unchanged", $"< {HistoryLimit}", Math.Max(large.FirstHistory, large.UnchangedHistory) < HistoryLimit);
        report.Note(
            "storage operations", $"{large.CountedFull.Requests:N0} full, {large.CountedChanged.Requests:N0} changed; "
            + $"{1000.0 * large.CountedFull.Requests / options.Users:0.0} and {1000.0 * large.CountedChanged.Requests / options.Users:0.0} for 1,000 users");
        return report;
    }

    private static void AddDelta(Report report, Measured large, Measured small)
    {
        if (large.Delta.Count == 0)
        {
            report.Note("delta, 100 changes", "not offered by this app");
            return;
        }

        var (delta, tenth) = (Median(large.Delta), Median(small.Delta));
        report.Timed("delta, 100 changes", delta, DeltaSeconds, "3 s");
        report.Check("delta, a tenth of the users", $"{Report.Text(tenth)} s", "within 1.5 x", delta <= 1.5 * tenth);
    }

    private static void Grow(Report report, string name, double times) =>
        report.Check(name, $"{Report.Text(times)} x", $"<= {GrowthLimit:0} x", times <= GrowthLimit);

    private static string Ratio(double seconds, double limit) => $" ({Report.Text(seconds / limit)} x)";

    /// <summary>Rows that a run writes: a new user has a login too.</summary>
    private static double Rows(TimedRun run) =>
        (2 * run.Total("created")) + run.Total("updated") + run.Total("deactivated") + run.Total("membersAdded") + run.Total("membersRemoved");
}
