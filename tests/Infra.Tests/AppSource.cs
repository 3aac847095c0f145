using System.Text.RegularExpressions;
using LdapSync.TestBed;

namespace LdapSync.Infra.Tests;

/// <summary>What the app's source says about its settings, timers and events.</summary>
internal static partial class AppSource
{
    // Until functions/App/AppSettings.cs lists them itself.
    private static readonly string[] Agreed =
    [
        "Records__AccountName", "Records__ConnectionString", "Records__EndpointSuffix", "Records__ManagedIdentityClientId",
        "Records__TablePrefix", "KeyVault__Uri", "Secrets__Folder", "Ldap__Client", "SyncSchedule", "PurgeSchedule",
    ];

    private static readonly string Folder = Path.Combine(Repository.Root, "functions", "App");
    private static readonly string[] NotOurs = ["bin", "obj", "LocalRuntime"];

    /// <summary>Names of the settings that the code reads, with <c>__</c> between their parts.</summary>
    public static IReadOnlySet<string> Settings { get; } = ReadSettings();

    /// <summary>Log event names that the alerts look for; empty until functions/App/AlertEvents.cs exists.</summary>
    public static IReadOnlySet<string> AlertEvents { get; } = Constants("AlertEvents.cs").ToHashSet(StringComparer.Ordinal);

    /// <summary>Names of the functions that a timer triggers; empty until there are any.</summary>
    public static IReadOnlySet<string> TimerFunctions { get; } = FindTimers().ToHashSet(StringComparer.Ordinal);

    /// <summary>Settings with defaults, which are read section by section: <c>Section__Property</c>.</summary>
    public static IReadOnlySet<string> Options { get; } = ReadOptions().ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> ReadOptions()
    {
        var sources = Sources(Path.Combine(Repository.Root, "functions")).ToList();
        return
            from section in sources.SelectMany(text => Section().Matches(text))
            let type = $"class {section.Groups["type"].Value}\n"
            from text in sources
            where text.Contains(type, StringComparison.Ordinal)
            from property in Property().Matches(text[text.IndexOf(type, StringComparison.Ordinal)..])
            select $"{section.Groups["name"].Value}__{property.Groups[1].Value}";
    }

    private static HashSet<string> ReadSettings()
    {
        var listed = Constants("AppSettings.cs").ToList();
        var read = Sources(Path.Combine(Repository.Root, "functions")).SelectMany(text => Reading().Matches(text)).Select(match => match.Groups[1].Value);
        return (listed.Count > 0 ? listed : Agreed.ToList()).Concat(read)
            .Select(name => name.Replace(":", "__", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(NotOurs.Contains))
            .Select(File.ReadAllText);

    private static IEnumerable<string> Constants(string fileName)
    {
        var file = Directory.EnumerateFiles(Folder, fileName, SearchOption.AllDirectories).SingleOrDefault();
        return file is null ? [] : Constant().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value);
    }

    private static IEnumerable<string> FindTimers() =>
        Sources(Folder)
            .SelectMany(text => Function().Split(text).Skip(1).Chunk(2))
            .Where(part => part[1].Contains("[TimerTrigger(", StringComparison.Ordinal))
            .Select(part => part[0]);

    [GeneratedRegex("""const string \w+ = "([^"]+)";""")]
    private static partial Regex Constant();

    // [Function("Name")] or [Function(nameof(Name))] or [Function(nameof(Type.Name))]
    [GeneratedRegex("""\[Function\((?:"|nameof\((?:\w+\.)*)(\w+)(?:"|\))""")]
    private static partial Regex Function();

    [GeneratedRegex("""Configure<(?<type>\w+)>\(configuration\.GetSection\("(?<name>\w+)"\)\)""")]
    private static partial Regex Section();

    [GeneratedRegex(@"public [\w?<>]+ (\w+) \{ get; set; \}")]
    private static partial Regex Property();

    // Text("Records:AccountName") where storage reads its options, configuration["..."], and "%SyncSchedule%" in a trigger.
    [GeneratedRegex("""\bText\("(?<1>\w+:[\w:]+)"\)|(?:\b[cC]onfiguration\[|GetEnvironmentVariable\()"(?<1>[\w:]+)"|"%(?<1>\w+)%"(?!")""")]
    private static partial Regex Reading();
}
