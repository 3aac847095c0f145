using System.Diagnostics;
using System.Text;

namespace LdapSync.TestBed;

/// <summary>Runs a program to its end.</summary>
public static class Command
{
    /// <returns>What it printed to its standard output.</returns>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; with what it printed to its standard error.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input ?? "").ConfigureAwait(false);
        process.StandardInput.Close();
        await process.WaitForExitAsync().ConfigureAwait(false);
        var printed = await output.ConfigureAwait(false);
        var complained = await errors.ConfigureAwait(false);
        return process.ExitCode == 0
            ? printed
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {complained}\n{printed[..Math.Min(printed.Length, 2000)]}");
    }
}
