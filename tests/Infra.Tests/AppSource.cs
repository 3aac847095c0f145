using System.Text.RegularExpressions;
using LdapSync.TestBed;

namespace LdapSync.Infra.Tests;

/// <summary>What the app's source says about its settings, timers and events.</summary>
internal static partial class AppSource
{
    // Until functions/App/AppSettings.cs lists them itself.
    private static readonly string[] Agreed =
    [
        "Records__AccountName", "Records__ConnectionString", "Records__TablePrefix", "KeyVault__Uri", "Secrets__Folder",
        "Ldap__Client", "SyncSchedule", "PurgeSchedule",
    ];

    private static readonly string Folder = Path.Combine(Repository.Root, "functions", "App");

    /// <summary>Names of the settings that the code reads, with <c>__</c> between their parts.</summary>
    public static IReadOnlySet<string> Settings { get; } = ReadSettings();

    /// <summary>Log event names that the alerts look for; empty until functions/App/AlertEvents.cs exists.</summary>
    public static IReadOnlySet<string> AlertEvents { get; } = Constants("AlertEvents.cs").ToHashSet(StringComparer.Ordinal);

    /// <summary>Names of the functions that a timer triggers; empty until there are any.</summary>
    public static IReadOnlySet<string> TimerFunctions { get; } = FindTimers().ToHashSet(StringComparer.Ordinal);

    private static HashSet<string> ReadSettings()
    {
        var names = Constants("AppSettings.cs").Select(name => name.Replace(":", "__", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        return names.Count > 0 ? names : [.. Agreed];
    }

    private static IEnumerable<string> Constants(string fileName)
    {
        var file = Directory.EnumerateFiles(Folder, fileName, SearchOption.AllDirectories).SingleOrDefault();
        return file is null ? [] : Constant().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value);
    }

    private static IEnumerable<string> FindTimers() =>
        Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Folder, file).StartsWith("obj", StringComparison.Ordinal))
            .SelectMany(file => Function().Split(File.ReadAllText(file)).Skip(1).Chunk(2))
            .Where(part => part[1].Contains("[TimerTrigger(", StringComparison.Ordinal))
            .Select(part => part[0]);

    [GeneratedRegex("""const string \w+ = "([^"]+)";""")]
    private static partial Regex Constant();

    // [Function("Name")] or [Function(nameof(Name))] or [Function(nameof(Type.Name))]
    [GeneratedRegex("""\[Function\((?:"|nameof\((?:\w+\.)*)(\w+)(?:"|\))""")]
    private static partial Regex Function();
}
