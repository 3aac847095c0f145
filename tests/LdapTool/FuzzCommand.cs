using System.Diagnostics;
using System.Globalization;
using LdapSync.Ldap.Tests.Fuzzing;

namespace LdapSync.LdapTool;

/// <summary>Gives mutated transcripts to the decoders, and every tenth to the whole client, and ends at the first that is not refused properly.</summary>
internal static class FuzzCommand
{
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken stop)
    {
        var executions = arguments.Number("executions", 5_000_000);
        var seed = arguments.Number("seed", Environment.TickCount & int.MaxValue);
        var mutator = new Mutator(Corpus.Read(), seed);
        var clock = Stopwatch.StartNew();
        for (var execution = 1; execution <= executions; execution++)
        {
            stop.ThrowIfCancellationRequested();
            var octets = mutator.Next();
            try
            {
                await FuzzTarget.ExecuteAsync(octets, throughClient: execution % 10 == 0);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}, execution {execution}: {Convert.ToHexString(octets)}", exception);
            }

            if (execution % 100_000 == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{execution} executions of seed {seed}, {clock.Elapsed.TotalSeconds:0} s"));
            }
        }

        return 0;
    }
}
