using System.Diagnostics;
using LdapSync.TestBed;

namespace LdapSync.Demo.Servers;

/// <summary>The show's end of the <see cref="Supervisor"/>.</summary>
internal sealed class SupervisorClient : IAsyncDisposable
{
    private readonly Process process;
    private bool kept;

    private SupervisorClient(Process process) => this.process = process;

    public ServerState State { get; private set; } = null!;

    /// <param name="starting">Hears what is being started.</param>
    /// <param name="cancellationToken">Ends the servers.</param>
    /// <exception cref="DemoException">A server did not start; with what it printed.</exception>
    public static async Task<SupervisorClient> StartAsync(Action<string> starting, CancellationToken cancellationToken)
    {
        // A session of its own: Ctrl-C is for the show, which then ends the servers in order, and a closed terminal does not end a kept demo.
        var start = new ProcessStartInfo("setsid", [Environment.ProcessPath!, .. Self(), Supervisor.Verb])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        var process = Process.Start(start) ?? throw new DemoException("The servers' process did not start.");
        var client = new SupervisorClient(process);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.StartsWith(Supervisor.Ready, StringComparison.Ordinal))
                {
                    client.State = ServerState.FromLine(line[Supervisor.Ready.Length..]);
                    return client;
                }

                if (line.StartsWith(Supervisor.Failed, StringComparison.Ordinal))
                {
                    throw new DemoException(line[Supervisor.Failed.Length..].Replace('\u2028', '\n'));
                }

                if (line.StartsWith(Supervisor.Starting, StringComparison.Ordinal))
                {
                    starting(line[Supervisor.Starting.Length..]);
                }
            }

            throw new DemoException($"The servers' process ended:\n{await errors}");
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on the servers end with <c>./dev stop</c> only.</summary>
    public async Task KeepAsync()
    {
        await process.StandardInput.WriteLineAsync(Supervisor.KeepWord);
        await process.StandardInput.FlushAsync();
        kept = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!kept)
        {
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.Dispose();
    }

    // "dotnet X.dll" or the program itself.
    private static string[] Self() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(SupervisorClient).Assembly.Location] : [];
}
