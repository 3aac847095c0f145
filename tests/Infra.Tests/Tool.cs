using System.Diagnostics;

namespace LdapSync.Infra.Tests;

/// <summary>What a program answered.</summary>
internal sealed record ToolAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>Everything it printed, for messages.</summary>
    public string Text => $"exit code {ExitCode}\n{Errors}{Output}";
}

/// <summary>Runs a program to its end with an environment of our choice.</summary>
internal static class Tool
{
    // Parameter files read these, and a developer's own azd environment must not change what a test sees.
    private static readonly string[] Foreign =
        ["AZURE_ENV_NAME", "AZURE_LOCATION", "DIRECTORY_HOST", "DIRECTORY_PORT", "SIGN_IN_CLIENT_ID", "ALERT_EMAIL"];

    public static async Task<ToolAnswer> RunAsync(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        foreach (var name in Foreign)
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ToolAnswer(process.ExitCode, await output, await errors);
    }
}
