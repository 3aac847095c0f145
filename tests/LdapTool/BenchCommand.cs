using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LdapSync.TestBed;
using Spectre.Console;

namespace LdapSync.LdapTool;

/// <summary>Reads a directory of many users with ldapsearch, our client and .NET's own, in turns, and compares medians.</summary>
internal static class BenchCommand
{
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken stop)
    {
        var (users, runs) = (arguments.Number("users", 100_000), arguments.Number("runs", 5));
        await Console.Error.WriteLineAsync($"Loading {users} users into slapd ...");
        await using var slapd = await Slapd.StartAsync(new SlapdOptions
        {
            WriteLdif = writer => SampleDirectory.Write(writer, users, groups: 1, withMemberOf: false),
        });
        var table = new Table().AddColumns("read", "client", "seconds", "entries/s", "of ldapsearch", "processor s", "KB/entry", "peak MB");
        var isMet = true;
        foreach (var secure in new[] { false, true })
        {
            isMet &= await CompareAsync(table, slapd, secure, runs, stop);
        }

        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 120);
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLine(isMet
            ? "[green]Targets met[/]: 0.85 of ldapsearch's rate plain, 0.75 over LDAPS, 8 KB per entry, 90 MB peak."
            : "[red]Targets missed[/]: 0.85 of ldapsearch's rate plain, 0.75 over LDAPS, 8 KB per entry, 90 MB peak.");
        return isMet ? 0 : 1;
    }

    private static async Task<bool> CompareAsync(Table table, Slapd slapd, bool secure, int runs, CancellationToken stop)
    {
        using var ours = new Reader("ldapsync", slapd, secure);
        using var protocols = new Reader("protocols", slapd, secure);
        List<double> reference = [];
        List<Cost> mine = [], theirs = [];
        for (var run = -1; run < runs; run++)
        {
            var seconds = await LdapsearchAsync(slapd, secure, stop);
            var (one, other) = (await ours.ReadAsync("users", stop), await protocols.ReadAsync("users", stop));
            if (run >= 0)
            {
                reference.Add(seconds); // the first round warms everybody up
                mine.Add(one);
                theirs.Add(other);
            }
        }

        var (name, median, entries) = (secure ? "LDAPS" : "plain", Median(reference), mine[0].Entries);
        table.AddRow(name, "ldapsearch", Number(median, "0.00"), Number(entries / median, "N0"), "1.00", "", "", "");
        AddRow(table, name, "LdapSync", mine, median);
        AddRow(table, name, "S.DS.Protocols", theirs, median);
        var group = await GroupAsync(ours, stop);
        var groupOfTheirs = await GroupAsync(protocols, stop);
        table.AddRow(name, $"one entry, {group.Values} members", Number(group.Seconds, "0.00"), "", "", Number(group.ProcessorSeconds, "0.00"), "", Number(group.PeakOctets / 1e6, "0"));
        table.AddRow(name, "  the same, S.DS.Protocols", Number(groupOfTheirs.Seconds, "0.00"), "", "", Number(groupOfTheirs.ProcessorSeconds, "0.00"), "", "");
        var ratio = median / Median(mine.Select(cost => cost.Seconds));
        return ratio >= (secure ? 0.75 : 0.85) && mine.All(cost => cost.Allocated / (double)cost.Entries <= 8 * 1024 && cost.PeakOctets < 90_000_000);
    }

    private static async Task<Cost> GroupAsync(Reader reader, CancellationToken stop)
    {
        await reader.ReadAsync("group", stop);
        return await reader.ReadAsync("group", stop);
    }

    private static void AddRow(Table table, string name, string client, List<Cost> costs, double reference)
    {
        var seconds = Median(costs.Select(cost => cost.Seconds));
        table.AddRow(
            name,
            client,
            Number(seconds, "0.00"),
            Number(costs[0].Entries / seconds, "N0"),
            Number(reference / seconds, "0.00"),
            Number(Median(costs.Select(cost => cost.ProcessorSeconds)), "0.00"),
            Number(Median(costs.Select(cost => cost.Allocated / 1024.0 / cost.Entries)), "0.0"),
            Number(costs.Max(cost => cost.PeakOctets) / 1e6, "0"));
    }

    private static async Task<double> LdapsearchAsync(Slapd slapd, bool secure, CancellationToken stop)
    {
        List<string> arguments =
        [
            "-x", "-LLL", "-H", secure ? slapd.TlsUrl : slapd.Url, "-D", Slapd.ReaderName, "-w", Slapd.ReaderPassword, "-E", "pr=1000/noprompt",
            "-b", BenchReader.People, "(objectClass=inetOrgPerson)", .. BenchReader.Attributes,
        ];
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec ldapsearch \"$@\" > /dev/null", "sh", .. arguments]);
        start.Environment["LDAPTLS_CACERT"] = slapd.AuthorityFile;
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(stop);
        return process.ExitCode == 0 ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"ldapsearch ended with {process.ExitCode}.");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private sealed class Reader : IDisposable
    {
        private readonly Process process;

        public Reader(string client, Slapd slapd, bool secure)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            string[] arguments =
            [
                "bench-reader", "--client", client, "--server", $"127.0.0.1:{(secure ? slapd.TlsPort : slapd.Port)}", "--security", secure ? "ldaps" : "none",
                "--ca", slapd.AuthorityFile, "--login", Slapd.ReaderName, "--allow-clear-text",
            ];
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            {
                start.ArgumentList.Add(typeof(BenchCommand).Assembly.Location);
            }

            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            start.Environment["LDAPTLS_CACERT"] = slapd.AuthorityFile; // for the native library below S.DS.Protocols

            // .NET puts off collecting until the processor's cache is full; on servers with hundreds of megabytes of it the peak would tell nothing else.
            start.Environment["DOTNET_GCgen0size"] = "0x1000000";
            process = Process.Start(start)!;
        }

        public async Task<Cost> ReadAsync(string what, CancellationToken stop)
        {
            await process.StandardInput.WriteLineAsync(what.AsMemory(), stop);
            var line = await process.StandardOutput.ReadLineAsync(stop) ?? throw new InvalidOperationException("The reader ended.");
            return JsonSerializer.Deserialize<Cost>(line)!;
        }

        public void Dispose()
        {
            process.StandardInput.Close();
            process.WaitForExit(5000);
            process.Dispose();
        }
    }
}
