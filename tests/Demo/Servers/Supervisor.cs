using System.Diagnostics;
using System.Globalization;
using LdapSync.TestBed;

namespace LdapSync.Demo.Servers;

/// <summary>
/// The process that holds the demo's servers, so that they can outlive the show. It says on standard output what it starts (<c>starting ...</c>),
/// then <c>ready {json}</c> or <c>failed ...</c>. It ends with its servers at SIGTERM, or when standard input ends without the word <c>keep</c>: a show
/// that is killed leaves nothing behind.
/// </summary>
internal static class Supervisor
{
    public const string Verb = "supervise";
    public const string KeepWord = "keep";
    public const string Starting = "starting ";
    public const string Ready = "ready ";
    public const string Failed = "failed ";

    public static async Task<int> RunAsync()
    {
        using var ended = new EndSignals();
        var watch = Stopwatch.StartNew();
        try
        {
            RunFolder.Empty();
            await File.WriteAllTextAsync(RunFolder.ProcessFile, $"{Environment.ProcessId} {StartTime()}\n");
            var company = Company.Create();

            Tell(Starting, string.Create(CultureInfo.InvariantCulture, $"OpenLDAP with {company.People.Count:N0} people and {company.Groups.Count} groups"));
            await using var slapd = await Slapd.StartAsync(new SlapdOptions { WriteLdif = company.WriteLdif });
            await File.WriteAllTextAsync(RunFolder.Authority, slapd.Authority.Pem);
            Tell(Starting, "Azurite, the Azure Storage emulator");
            await using var azurite = await Azurite.StartAsync();
            Tell(Starting, "LdapSync");
            await using var app = await AppServer.StartAsync(azurite.ConnectionString);

            Tell(Ready, new ServerState(
                app.Url, app.FunctionKey, app.PagesKey, slapd.Url, $"localhost:{slapd.TlsPort}", slapd.Authority.Pem,
                azurite.ConnectionString, watch.Elapsed.TotalSeconds).ToLine());
            await WaitForEndAsync(ended.Token);
            return 0;
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            // The first line says what; the rest, a server's output, is told line by line.
            Tell(Failed, problem.Message.ReplaceLineEndings("\u2028"));
            return 1;
        }
        finally
        {
            File.Delete(RunFolder.ProcessFile);
        }
    }

    private static async Task WaitForEndAsync(CancellationToken ended)
    {
        try
        {
            if (await Console.In.ReadLineAsync(ended) == KeepWord)
            {
                await Task.Delay(Timeout.Infinite, ended);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private static void Tell(string what, string text) => Console.WriteLine(what + text);

    // Field 22 of /proc/self/stat (proc_pid_stat(5)); the second, in brackets, may hold spaces.
    private static string StartTime()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
    }
}
