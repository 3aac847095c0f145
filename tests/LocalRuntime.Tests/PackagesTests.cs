using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Microsoft.DurableTask;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

/// <summary>What the local runtime offers in the packages' names is in the packages themselves, with the same signatures: they are loaded beside it and compared.</summary>
public sealed partial class PackagesTests
{
    [Fact]
    public void Surface_OfTheLocalRuntime_IsInTheRealPackages()
    {
        var real = RealAssemblies();
        var missing = new List<string>();
        foreach (var type in typeof(TaskOptions).Assembly.GetExportedTypes().Where(type => !type.Namespace!.StartsWith("LdapSync", StringComparison.Ordinal)))
        {
            if (real.Select(assembly => assembly.GetType(type.FullName!)).FirstOrDefault(found => found is { IsPublic: true }) is not { } counterpart)
            {
                missing.Add($"type {type.FullName}");
                continue;
            }

            var there = PublicSurfaceTests.Members(counterpart, inherited: true).Select(Normal).ToHashSet(StringComparer.Ordinal);
            missing.AddRange(PublicSurfaceTests.Members(type).Select(Normal).Where(member => !there.Contains(member)).Select(member => $"{type.FullName}: {member}"));
        }

        Assert.True(missing.Count == 0, string.Join('\n', missing.Order(StringComparer.Ordinal)));
    }

    private static List<Assembly> RealAssemblies()
    {
        var files = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "RealPackages").Value!
            .Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Library).ToDictionary(file => Path.GetFileNameWithoutExtension(file), StringComparer.OrdinalIgnoreCase);
        Assert.Equal(11, files.Count);
        var context = new AssemblyLoadContext("packages");
        context.Resolving += (own, name) => files.TryGetValue(name.Name!, out var file) ? own.LoadFromAssemblyPath(file) : null;
        return [.. files.Values.Select(context.LoadFromAssemblyPath)];
    }

    /// <summary>The library of a package's folder, of the newest framework.</summary>
    private static string Library(string folder)
    {
        Assert.True(Directory.Exists(folder), $"{folder} is missing: restore the tests.");
        string[] frameworks = ["net10.0", "net8.0", "netstandard2.1", "netstandard2.0"];
        var lib = frameworks.Select(name => Path.Combine(folder, "lib", name)).First(Directory.Exists);
        return Assert.Single(Directory.GetFiles(lib, "*.dll"));
    }

    // Whether a member may be overridden does not matter to who calls it; nor does what a compiler of another age makes of a record.
    private static string Normal(string member) => Overriding().Replace(member, "");

    [GeneratedRegex("^(virtual|abstract) ")]
    private static partial Regex Overriding();
}
