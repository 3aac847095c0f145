using System.Diagnostics;
using System.Globalization;
using LdapSync.Demo.Http;
using LdapSync.Demo.Servers;
using LdapSync.Demo.Story;
using LdapSync.Demo.Terminal;
using LdapSync.TestBed;

namespace LdapSync.Demo.Acts;

/// <summary>The demo from its beginning to its end.</summary>
internal sealed class Show(Stage stage, DemoOptions options)
{
    /// <returns>The exit code: 0 when all was as it has to be, 130 after Ctrl-C, otherwise 1.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            stage.Act("Servers");
            await using var servers = await SupervisorClient.StartAsync(what => stage.Say($"starting {what}"), cancellationToken);
            var cast = new Cast(Company.Create());
            using var api = new ApiClient(servers.State.AppUrl, servers.State.FunctionKey);
            var context = new Context(stage, api, servers.State, cast, new Expected(cast), new DirectoryAdmin(servers.State.LdapUrl));
            stage.Good(string.Create(CultureInfo.InvariantCulture, $"all up after {servers.State.Seconds:0.0} s"));

            await Configuration.PlayAsync(context, cancellationToken);
            await FirstImport.PlayAsync(context, cancellationToken);
            await DirectoryChanges.PlayAsync(context, cancellationToken);
            await SecondRun.PlayAsync(context, cancellationToken);
            await ThirdRun.PlayAsync(context, cancellationToken);

            if (options.Keep)
            {
                await servers.KeepAsync();
            }

            LookAround.Play(context, options.Keep);
            stage.Good(string.Create(CultureInfo.InvariantCulture, $"Everything above was checked. {watch.Elapsed.TotalSeconds:0} s."));
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            stage.Say("Stopped; the servers are ended and their data is removed.");
            return 130;
        }
        catch (Exception problem) when (problem is DemoException or InvalidOperationException or IOException or KeyNotFoundException)
        {
            stage.Bad(problem.Message);
            var log = RunFolder.LogTail(12);
            if (log.Length > 0)
            {
                stage.Remark($"The last lines of LdapSync's log, {RunFolder.Short(RunFolder.AppLog)}:\n{log}");
            }

            return 1;
        }
    }
}
