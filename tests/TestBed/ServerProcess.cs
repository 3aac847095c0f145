using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace LdapSync.TestBed;

/// <summary>A server that runs as a child process; its last output is kept for the error when it does not come up.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Queue<string> output = new();

    private ServerProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Everything that was printed lately, at most 400 lines.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return string.Join('\n', output);
            }
        }
    }

    public static ServerProcess Start(
        string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(new Process { StartInfo = start });
        server.process.OutputDataReceived += (_, line) => server.Keep(line.Data);
        server.process.ErrorDataReceived += (_, line) => server.Keep(line.Data);
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Kill();
        return server;
    }

    /// <summary>Polls until <paramref name="isReady"/> says so.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or was not ready in time; with what it printed.</exception>
    public async Task WaitUntilReadyAsync(Func<Task<bool>> isReady, TimeSpan? timeout = null)
    {
        var started = Stopwatch.StartNew();
        var limit = timeout ?? TimeSpan.FromMinutes(3);
        while (!await isReady().ConfigureAwait(false))
        {
            if (process.HasExited || started.Elapsed > limit)
            {
                throw new InvalidOperationException(
                    $"{process.StartInfo.FileName} {(process.HasExited ? $"ended with {process.ExitCode}" : "was not ready in time")}:\n{Output}");
            }

            await Task.Delay(20).ConfigureAwait(false);
        }
    }

    public Task WaitForPortAsync(int port) => WaitUntilReadyAsync(async () =>
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });

    /// <summary>Ends the process as <c>kill -9</c> would, with everything it started.</summary>
    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (output)
        {
            output.Enqueue(line);
            if (output.Count > 400)
            {
                output.Dequeue();
            }
        }
    }
}
