using System.Reflection;
using System.Runtime.Versioning;
using LdapSync.TestBed;

[assembly: SupportedOSPlatform("linux")]

namespace LdapSync.Infra.Tests;

/// <summary>The bicep program from the NuGet packages folder, and the files that it works on.</summary>
internal static class Bicep
{
    private static readonly string Program = FindProgram();

    public static string Folder { get; } = Path.Combine(Repository.Root, "infra");

    /// <summary>The parameter files by name without extension.</summary>
    public static IEnumerable<string> ParameterFiles =>
        Directory.GetFiles(Folder, "*.bicepparam").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static Task<ToolAnswer> RunAsync(params string[] arguments) => Tool.RunAsync(Program, arguments, Folder);

    /// <summary>
    /// The snapshot of a parameter file as if deployed to one fixed group; names that come from the group's id are then known.
    /// </summary>
    public static Task<ToolAnswer> SnapshotAsync(string parameterFile, string mode) => RunAsync(
        "snapshot", parameterFile, "--mode", mode,
        "--tenant-id", "00000000-0000-0000-0000-000000000001", "--subscription-id", "00000000-0000-0000-0000-000000000000",
        "--resource-group", "ldapsync", "--location", "westeurope", "--deployment-name", "main");

    private static string FindProgram()
    {
        var program = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "Bicep").Value!;
        // NuGet unpacks without the execute bit.
        File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute);
        return program;
    }
}
