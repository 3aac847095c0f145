using System.Text.RegularExpressions;

namespace LdapSync.Infra.Tests;

/// <summary>Resource names: allowed by "Naming rules and restrictions for Azure resources", and made unique where the world shares them.</summary>
public sealed class NameTests
{
    private static readonly Dictionary<string, string> Rules = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Microsoft.Storage/storageAccounts"] = "^[a-z0-9]{3,24}$",
        ["Microsoft.KeyVault/vaults"] = "^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$",
        ["Microsoft.Web/sites"] = "^[a-zA-Z0-9][a-zA-Z0-9-]{0,58}[a-zA-Z0-9]$",
        ["Microsoft.Web/serverfarms"] = "^[a-zA-Z0-9-]{1,60}$",
        ["Microsoft.Relay/namespaces"] = "^[a-zA-Z][a-zA-Z0-9-]{4,48}[a-zA-Z0-9]$",
        ["Microsoft.Relay/namespaces/hybridConnections"] = "^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,258}[a-zA-Z0-9])?$",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = "^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$",
        ["Microsoft.OperationalInsights/workspaces"] = "^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$",
        ["Microsoft.Insights/components"] = @"^[^%&\\?/]{0,259}[^%&\\?/. ]$",
        ["Microsoft.DurableTask/schedulers"] = "^[a-zA-Z0-9-]{3,64}$",
        ["Microsoft.DurableTask/schedulers/taskHubs"] = "^[a-zA-Z0-9-]{3,64}$",
        ["Microsoft.Network/virtualNetworks"] = "^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}[a-zA-Z0-9_]$",
        ["Microsoft.Network/networkSecurityGroups"] = "^[a-zA-Z0-9][a-zA-Z0-9._-]{0,78}[a-zA-Z0-9_]$",
        ["Microsoft.Network/privateEndpoints"] = "^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}[a-zA-Z0-9_]$",
        ["Microsoft.Insights/actionGroups"] = @"^[^:<>+/&%\\?|]{0,259}[^:<>+/&%\\?|. ]$",
    };

    // Their names are part of a host name that the whole world shares.
    private static readonly string[] Worldwide =
        ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.Web/sites", "Microsoft.Relay/namespaces", "Microsoft.DurableTask/schedulers"];

    public static TheoryData<string> ParameterFiles => [.. Bicep.ParameterFiles];

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Names_OfEveryResource_AreAllowed(string name)
    {
        var named = Snapshot.Read(name).Resources.Where(item => Rules.ContainsKey(item.Type)).ToList();

        Assert.True(named.Count > 8);
        Assert.All(named, item => Assert.Matches(Rules[item.Type], item.OwnName));
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Names_InOneEnvironment_AreUnique(string name)
    {
        var ids = Snapshot.Read(name).Resources.Select(item => item.Id.ToUpperInvariant()).ToList();

        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Names_SharedByTheWorld_CarryTheGroupsHash(string name)
    {
        var snapshot = Snapshot.Read(name);
        var hash = snapshot.Single("Microsoft.KeyVault/vaults").Name[^13..];

        Assert.Matches("^[a-z0-9]{13}$", hash);
        Assert.All(
            snapshot.Resources.Where(item => Worldwide.Contains(item.Type)),
            item => Assert.EndsWith(hash, item.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_OfTwoEnvironments_ShareNoWorldwideName()
    {
        var names = Bicep.ParameterFiles.Where(name => name != "main")
            .SelectMany(name => Snapshot.Read(name).Resources.Where(item => Worldwide.Contains(item.Type)).Select(item => item.Name))
            .ToList();

        Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Names_OfTheLongestEnvironmentName_StillFit()
    {
        // main.bicep allows twelve characters; the longest name in use here tells how much room is left.
        foreach (var name in Bicep.ParameterFiles)
        {
            var site = Snapshot.Read(name).Single("Microsoft.Web/sites").Name;
            var environment = site.Split('-')[2];
            Assert.True(site.Length - environment.Length + 12 <= 60, site);
        }

        Assert.Matches(new Regex(@"@maxLength\(12\)\s+param environmentName string"), File.ReadAllText(Path.Combine(Bicep.Folder, "main.bicep")));
    }
}
