using System.Xml.Linq;
using LdapSync.TestBed;

namespace LdapSync.Infra.Tests;

/// <summary>Directory.Packages.props: the same packages on every day, from every feed that has them.</summary>
public sealed class PackageVersionTests
{
    // The feeds of build machines lack some versions of these; NuGet takes the lowest that it is given where there is that one.
    private static readonly string[] LowestVersion =
    [
        "Microsoft.Azure.Functions.Worker", "OpenTelemetry.Extensions.Hosting", "Azure.Monitor.OpenTelemetry.Exporter", "Novell.Directory.Ldap.NETStandard",
    ];

    [Fact]
    public void Versions_EveryOne_IsExactOrInTheAzureBuildALowestOne()
    {
        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(item => (Name: (string)item.Attribute("Include")!, Version: (string)item.Attribute("Version")!)).ToList();

        Assert.NotEmpty(versions);
        Assert.All(versions, item => Assert.Matches(
            LowestVersion.Any(name => item.Name.StartsWith(name, StringComparison.Ordinal)) ? @"^\d+\.\d+\.\d+$" : @"^\[\d+\.\d+\.\d+\]$", item.Version));
    }
}
