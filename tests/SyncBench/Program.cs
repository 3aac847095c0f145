using System.Diagnostics;
using System.Globalization;
using LdapSync.SyncBench;
using LdapSync.TestBed;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
BenchOptions options;
try
{
    options = BenchOptions.Parse(args, Repository.Root);
}
catch (ArgumentException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 64;
}

var clock = Stopwatch.StartNew();
var large = await new Series(options, Console.Out).RunAsync(whole: true);
var small = await new Series(options.Tenth, Console.Out).RunAsync(whole: false);
var report = Table.Of(options, large, small);
Console.WriteLine();
report.Print(Console.Out);
await report.SaveAsync(options, clock.Elapsed);
return report.Holds ? 0 : 1;
