using System.Text.Json;
using System.Text.RegularExpressions;
using LdapSync.TestBed;

namespace LdapSync.Infra.Tests;

/// <summary>Application settings: what the code reads is set, and what is set is read by the code or by a named part of the platform.</summary>
public sealed partial class SettingsTests
{
    // Settings that somebody other than our code reads.
    private static readonly Dictionary<string, string> Platform = new(StringComparer.Ordinal)
    {
        ["FUNCTIONS_EXTENSION_VERSION"] = "Functions host",
        ["FUNCTIONS_WORKER_RUNTIME"] = "Functions host",
        ["AzureWebJobsStorage__accountName"] = "Functions host",
        ["AzureWebJobsStorage__credential"] = "Functions host",
        ["AzureWebJobsStorage__clientId"] = "Functions host",
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "Functions host, Azure Monitor exporter",
        ["AZURE_CLIENT_ID"] = "DefaultAzureCredential",
        ["WEBSITE_RUN_FROM_PACKAGE"] = "App Service",
        ["WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"] = "App Service, Elastic Premium",
        ["WEBSITE_CONTENTSHARE"] = "App Service, Elastic Premium",
        ["WEBSITE_SKIP_CONTENTSHARE_VALIDATION"] = "App Service, Elastic Premium",
        ["OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID"] = "App Service authentication",
        ["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"] = "Durable Functions, by the name given in the next one",
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName"] = "Functions host: host.json by setting",
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"] = "Functions host: host.json by setting",
        ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = "Functions host: host.json by setting",
        ["AzureFunctionsWebHost__hostid"] = "Functions host",
    };

    // Read by the code on a developer's machine only: Azure has the account name and the vault instead.
    private static readonly string[] LocalOnly = ["AzureWebJobsStorage", "Records__ConnectionString", "Secrets__Folder"];

    // App Service tells it by itself.
    private static readonly string[] ToldByThePlatform = ["WEBSITE_AUTH_ENABLED"];

    // And the other way round.
    private static readonly string[] AzureOnly =
    [
        "Records__AccountName", "Records__EndpointSuffix", "Records__ManagedIdentityClientId", "KeyVault__Uri",
        "AZURE_CLIENT_ID", "APPLICATIONINSIGHTS_CONNECTION_STRING", "WEBSITE_AUTH_ENABLED",
    ];

    public static TheoryData<string> ParameterFiles => [.. Bicep.ParameterFiles];

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Settings_ReadByTheCode_AreSetInAppAndSlot(string name)
    {
        foreach (var settings in SettingsOf(Snapshot.Read(name)))
        {
            var missing = AppSource.Settings.Except(settings.Keys).Except(LocalOnly).Except(ToldByThePlatform).Where(item => !IsLocalRuntime(item) && !IsTuning(item));
            Assert.Empty(missing);
        }
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Settings_ThatAreSet_AreReadBySomebody(string name)
    {
        foreach (var settings in SettingsOf(Snapshot.Read(name)))
        {
            var unread = settings.Keys.Except(AppSource.Settings).Except(Platform.Keys).Where(item => !IsDisabledFunction(item));
            Assert.Empty(unread);
            Assert.All(settings, item => Assert.NotEqual("", item.Value));
        }
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Settings_OfStorageAndVault_NameTheAccountsOfThisEnvironment(string name)
    {
        var snapshot = Snapshot.Read(name);
        var accounts = snapshot.OfType("Microsoft.Storage/storageAccounts").Select(item => item.Name).ToList();
        var settings = SettingsOf(snapshot).First();

        Assert.Contains(settings["AzureWebJobsStorage__accountName"], accounts);
        Assert.Contains(settings["Records__AccountName"], accounts);
        Assert.NotEqual(settings["AzureWebJobsStorage__accountName"], settings["Records__AccountName"]);
        Assert.Contains(snapshot.Single("Microsoft.KeyVault/vaults").Id, settings["KeyVault__Uri"], StringComparison.Ordinal);
        Assert.All(["AZURE_CLIENT_ID", "AzureWebJobsStorage__clientId", "Records__ManagedIdentityClientId"], key => Assert.EndsWith(".clientId]", settings[key], StringComparison.Ordinal));
        Assert.Matches("^[A-Za-z][A-Za-z0-9]{2,39}$", settings["Records__TablePrefix"]);
    }

    [Theory]
    [InlineData("prod")]
    [InlineData("prod-network")]
    public void StagingSlot_SharingTheHostStorage_HasItsOwnHubAndNoTimers(string name)
    {
        var snapshot = Snapshot.Read(name);
        var production = snapshot.Single("Microsoft.Web/sites").Name;
        var settings = snapshot.Resources.Single(item => item.Name == $"{production}/appsettings").Settings();
        var slot = snapshot.Resources.Single(item => item.Name == $"{production}/staging/appsettings").Settings();
        var sticky = snapshot.Resources.Single(item => item.OwnName == "slotConfigNames").At("properties.appSettingNames")!.Value
            .EnumerateArray().Select(item => item.GetString()!).ToList();
        const string hub = "AzureFunctionsJobHost__extensions__durableTask__hubName";
        var stopped = slot.Keys.Where(IsDisabledFunction).Select(item => item.Split('.')[1]).ToHashSet(StringComparer.Ordinal);

        Assert.Equal("LdapSync", settings[hub]);
        Assert.NotEqual(settings[hub], slot[hub]);
        Assert.NotEqual(settings["AzureFunctionsWebHost__hostid"], slot["AzureFunctionsWebHost__hostid"]);
        Assert.NotEmpty(stopped);
        Assert.DoesNotContain(settings.Keys, IsDisabledFunction);
        Assert.All(slot.Where(item => IsDisabledFunction(item.Key)), item => Assert.Equal("true", item.Value));
        var differing = settings.Keys.Union(slot.Keys).Where(key => settings.GetValueOrDefault(key) != slot.GetValueOrDefault(key));
        Assert.Equal(differing.Order(StringComparer.Ordinal), sticky.Order(StringComparer.Ordinal));
        if (AppSource.TimerFunctions.Count > 0)
        {
            Assert.Equal(AppSource.TimerFunctions.Order(StringComparer.Ordinal), stopped.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void LocalSettingsSample_Always_HasWhatTheCodeReadsLocally()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.sample.json")));
        var values = sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString());

        Assert.DoesNotContain(AppSource.Settings.Except(values.Keys).Except(AzureOnly), item => !IsLocalRuntime(item) && !IsTuning(item));
        Assert.Empty(values.Keys.Except(AppSource.Settings).Except(["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"]));
        Assert.DoesNotContain(values.Values, value => value!.Contains("AccountKey", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Options_WithDefaults_AreAllInTheDocumentationAndNoOthers()
    {
        var text = string.Join('\n', Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md")).Select(File.ReadAllText));
        var sections = AppSource.Options.Select(name => name.Split("__")[0]).ToHashSet(StringComparer.Ordinal);
        var named = SettingName().Matches(text).Select(match => match.Value).Where(name => sections.Contains(name.Split("__")[0])).ToHashSet(StringComparer.Ordinal);

        Assert.Superset(new HashSet<string>(["AdminPages", "Notifications", "Retention", "Sync"], StringComparer.Ordinal), sections);
        Assert.Equal(AppSource.Options.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("SyncSchedule")]
    [InlineData("PurgeSchedule")]
    [InlineData("NotificationSchedule")]
    public void Schedules_EverywhereTheSame_HaveSixFields(string key)
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.sample.json")));
        var values = Bicep.ParameterFiles.Select(name => SettingsOf(Snapshot.Read(name)).First()[key])
            .Append(sample.RootElement.GetProperty("Values").GetProperty(key).GetString()!)
            .Distinct();

        Assert.Equal(6, Assert.Single(values).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Alerts_LookingForEvents_LookForThoseThatTheAppWrites()
    {
        var asked = Snapshot.Read("prod").OfType("Microsoft.Insights/scheduledQueryRules")
            .Select(rule => rule.At("properties.criteria.allOf")!.Value[0].GetProperty("query").GetString()!.Split('"')[1])
            .Order(StringComparer.Ordinal);

        Assert.Equal(["GuardWaiting", "LicenceShortage", "RunFailed", "RunSucceeded"], asked);
        if (AppSource.AlertEvents.Count > 0)
        {
            Assert.Equal(AppSource.AlertEvents.Order(StringComparer.Ordinal), asked);
        }
    }

    private static IEnumerable<IReadOnlyDictionary<string, string>> SettingsOf(Snapshot snapshot)
    {
        var all = snapshot.Resources.Where(item => item.OwnName == "appsettings").OrderBy(item => item.Name.Length).Select(item => item.Settings()).ToList();
        Assert.NotEmpty(all);
        return all;
    }

    private static bool IsDisabledFunction(string name) =>
        name.StartsWith("AzureWebJobs.", StringComparison.Ordinal) && name.EndsWith(".Disabled", StringComparison.Ordinal);

    private static bool IsLocalRuntime(string name) => name.StartsWith("LocalRuntime__", StringComparison.Ordinal);

    [GeneratedRegex(@"\b[A-Z]\w*?__[A-Z]\w+\b")]
    private static partial Regex SettingName();

    // These have defaults in the code; nobody needs to set them.
    private static bool IsTuning(string name) => name.StartsWith("Sync__", StringComparison.Ordinal) || name.StartsWith("Retention__", StringComparison.Ordinal);
}
