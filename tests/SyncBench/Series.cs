using System.Globalization;
using System.Text;
using LdapSync.TestBed;

namespace LdapSync.SyncBench;

/// <summary>Everything that was measured with one directory. Seconds.</summary>
internal sealed record Measured
{
    public List<double> Read { get; } = [];

    public List<double> Write { get; } = [];

    public List<double> Stored { get; } = [];

    public List<double> Rewritten { get; } = [];

    public List<TimedRun> First { get; } = [];

    public List<TimedRun> Unchanged { get; } = [];

    public List<TimedRun> Changed { get; } = [];

    public List<TimedRun> Onepercent { get; } = [];

    public List<TimedRun> Delta { get; } = [];

    public long Rows { get; set; }

    public double PeakMemory { get; set; }

    public int FirstHistory { get; set; }

    public int UnchangedHistory { get; set; }

    public (long Writes, long Requests) CountedFull { get; set; }

    public (long Writes, long Requests) CountedChanged { get; set; }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    public static double Median(IEnumerable<TimedRun> runs) => Median(runs.Select(run => run.Seconds));
}

/// <summary>Goes through all runs with one directory.</summary>
internal sealed class Series(BenchOptions options, TextWriter log)
{
    private const int DeltaChanges = 100;

    private static readonly int[] Parallel = [8, 16, 12];
    private static readonly string[] RecordTables = ["Users", "Logins", "Roles", "Members", "Accounts", "JobTitles", "Links"];

    private readonly BenchDirectory directory = new(options);
    private readonly Measured measured = new();
    private readonly System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();

    /// <param name="whole">False: only what growth is told from.</param>
    public async Task<Measured> RunAsync(bool whole)
    {
        Say($"{options.Users:N0} users, {options.Groups:N0} groups, {options.Roles:N0} linked roles: loading the directory");
        await using var slapd = await Slapd.StartAsync(Generation(0));
        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            await using var storage = await Azurite.StartAsync();
            using var secrets = Repository.NewFolder("secrets");
            var isLast = repeat == options.Repeats - 1;
            await using (var app = await Installation.StartAsync(storage.ConnectionString, storage.ConnectionString, secrets.Path))
            {
                await FirstAsync(app, slapd, storage, repeat, whole);
                if (isLast)
                {
                    await RepeatedAsync(app, slapd, storage, whole);
                }

                measured.PeakMemory = Math.Max(measured.PeakMemory, app.PeakMemory);
            }

            if (isLast && whole)
            {
                await CountAsync(storage, secrets.Path);
            }
        }

        return measured;
    }

    private async Task FirstAsync(Installation app, Slapd slapd, Azurite storage, int repeat, bool whole)
    {
        await app.ConfigureAsync(slapd, options);
        measured.Read.Add(await RawLimits.ReadDirectoryAsync(slapd, options));
        var first = await app.RunAsync("full");
        Require(first, "created", options.Users);
        measured.First.Add(first);
        var history = await History.ReadAsync(storage, first);
        measured.FirstHistory = history.Events;
        Say($"first import {Report.Text(first.Seconds)} s, peak memory {app.PeakMemory:0} MiB\n            {history}");
        if (whole)
        {
            var (seconds, rows) = await RawLimits.ReadRecordsAsync(storage);
            measured.Stored.Add(seconds);
            measured.Rows = rows;
            measured.Write.Add(await RawLimits.WriteRecordsAsync(storage, Parallel[repeat % Parallel.Length]));
            Say($"raw limits: R {Report.Text(measured.Read[^1])} s, W {Report.Text(measured.Write[^1])} s, S {Report.Text(seconds)} s");
        }
    }

    private async Task RepeatedAsync(Installation app, Slapd slapd, Azurite storage, bool whole)
    {
        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            measured.Read.Add(await RawLimits.ReadDirectoryAsync(slapd, options));
            measured.Unchanged.Add(await app.RunAsync("full"));
            RequireNothing(measured.Unchanged[^1]);
            measured.Changed.Add(await app.RunAsync("changed"));
            RequireNothing(measured.Changed[^1]);
            Say($"nothing changed: full {Report.Text(measured.Unchanged[^1].Seconds)} s, changed {Report.Text(measured.Changed[^1].Seconds)} s");
        }

        var history = await History.ReadAsync(storage, measured.Unchanged[^1]);
        measured.UnchangedHistory = history.Events;
        Say($"peak memory {app.PeakMemory:0} MiB\n            full: {history}\n            changed: {await History.ReadAsync(storage, measured.Changed[^1])}");
        if (whole)
        {
            await FollowAsync(app, slapd, storage);
        }

        await DeltaAsync(app, slapd, storage);
    }

    private async Task FollowAsync(Installation app, Slapd slapd, Azurite storage)
    {
        for (var generation = 1; generation <= options.Repeats + 1; generation++)
        {
            await slapd.ReloadAsync(Generation(generation));
            await RawLimits.ReadDirectoryAsync(slapd, options);

            // The last time by the modification dates: deletions have to be found that way too.
            var since = TimeProvider.System.GetUtcNow();
            var run = await app.RunAsync(generation <= options.Repeats ? "full" : "changed");
            Require(run, "created", options.Users / 200);
            Require(run, "deactivated", options.Users / 200);
            Say($"1 % changed: {(string?)run.Run["mode"]} {Report.Text(run.Seconds)} s, {run.Total("applied"):N0} operations\n            {await History.ReadAsync(storage, run)}");
            if (generation <= options.Repeats)
            {
                measured.Onepercent.Add(run);
                var (seconds, rows) = await RawChanges.WriteAsync(storage, since, run.Total("membersRemoved"));
                measured.Rewritten.Add(seconds);
                Say($"raw limit: C {Report.Text(seconds)} s, {rows:N0} rows");
            }
        }
    }

    private async Task DeltaAsync(Installation app, Slapd slapd, Azurite storage)
    {
        if (await app.TryRunAsync("delta") is null)
        {
            return;
        }

        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            var changes = new StringBuilder();
            foreach (var user in BenchDirectory.Staying().Take(DeltaChanges))
            {
                changes.Append(CultureInfo.InvariantCulture, $"dn: {BenchDirectory.PersonName(user)}\nchangetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +41 44 {repeat:D3} {user:D3}\n\n");
            }

            await slapd.ModifyAsync(changes.ToString());
            measured.Delta.Add(await app.RunAsync("delta"));
            Require(measured.Delta[^1], "updated", DeltaChanges);
            Say($"delta of {DeltaChanges}: {Report.Text(measured.Delta[^1].Seconds)} s\n            {await History.ReadAsync(storage, measured.Delta[^1])}");
        }
    }

    /// <summary>Once more through a proxy that counts; not timed, for the proxy takes its time too.</summary>
    private async Task CountAsync(Azurite storage, string secrets)
    {
        await using var proxy = await TableProxy.StartAsync(storage);
        await using var app = await Installation.StartAsync(storage.ConnectionString, proxy.ConnectionString, secrets);
        await app.RunAsync("full");
        proxy.Reset();
        RequireNothing(await app.RunAsync("full"));
        measured.CountedFull = (RecordTables.Sum(proxy.WritesTo), proxy.Requests);
        proxy.Reset();
        RequireNothing(await app.RunAsync("changed"));
        measured.CountedChanged = (RecordTables.Sum(proxy.WritesTo), proxy.Requests);
    }

    private SlapdOptions Generation(int generation) => new() { WriteLdif = output => directory.Write(output, generation) };

    private static void RequireNothing(TimedRun run) => Require(run, "applied", 0);

    private static void Require(TimedRun run, string total, long wanted)
    {
        if (run.Total(total) != wanted)
        {
            throw new InvalidOperationException($"The run should have '{total}' {wanted}: {run.Run["totals"]} {run.Run["warnings"]}");
        }
    }

    private void Say(string text) => log.WriteLine($"  {clock.Elapsed.TotalSeconds,5:0} s  {text}");
}
