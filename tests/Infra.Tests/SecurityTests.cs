using System.Text.RegularExpressions;

namespace LdapSync.Infra.Tests;

/// <summary>What must hold in every environment, read off the committed snapshots.</summary>
public sealed partial class SecurityTests
{
    public static TheoryData<string> ParameterFiles => [.. Bicep.ParameterFiles];

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Keys_Anywhere_AreTheRelaySendersOrTheContentShares(string name)
    {
        var snapshot = Snapshot.Read(name);
        var targets = ListKeys().Matches(snapshot.Text).Select(match => match.Groups["id"].Value).ToList();

        Assert.All(targets, id => Assert.True(
            id.EndsWith("/authorizationRules/defaultSender", StringComparison.Ordinal) || IsContentShare(id), $"A key of {id} is read"));
        Assert.Equal(Count(snapshot.Text, "listKeys("), targets.Count);
        Assert.DoesNotContain("listAccountSas", snapshot.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("listServiceSas", snapshot.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("AccountKey=", OutsideTheVault(snapshot), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void StorageAccounts_EveryOne_RefuseKeysPublicBlobsAndOldTls(string name)
    {
        var snapshot = Snapshot.Read(name);
        var elastic = snapshot.Single("Microsoft.Web/serverfarms").Text("sku.name")!.StartsWith("EP", StringComparison.Ordinal);
        var accounts = snapshot.OfType("Microsoft.Storage/storageAccounts").ToList();

        Assert.Equal(elastic ? 3 : 2, accounts.Count);
        Assert.All(accounts, account =>
        {
            Assert.Equal("TLS1_2", account.Text("properties.minimumTlsVersion"));
            Assert.True(account.Flag("properties.supportsHttpsTrafficOnly"));
            Assert.False(account.Flag("properties.allowBlobPublicAccess"));
            Assert.False(account.Flag("properties.allowCrossTenantReplication"));
            Assert.Equal(IsContentShare(account.Id), account.Flag("properties.allowSharedKeyAccess"));
        });
        Assert.Single(accounts, account => account.Name.StartsWith("lshost", StringComparison.Ordinal));
        Assert.Single(accounts, account => account.Name.StartsWith("lsrecords", StringComparison.Ordinal));
        Assert.All(
            snapshot.Resources.Where(item => item.Type.EndsWith("Services", StringComparison.Ordinal) && item.At("properties.cors") is not null),
            service => Assert.Empty(service.At("properties.cors.corsRules")!.Value.EnumerateArray()));
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void AppAndSlot_EveryOne_AreHttpsOnlyWithoutFtpPasswordsAndCors(string name)
    {
        var snapshot = Snapshot.Read(name);
        var sites = snapshot.OfType("Microsoft.Web/sites").Concat(snapshot.OfType("Microsoft.Web/sites/slots")).ToList();
        var policies = snapshot.Resources.Where(item => item.Type.EndsWith("/basicPublishingCredentialsPolicies", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(sites);
        Assert.All(sites, site =>
        {
            Assert.True(site.Flag("properties.httpsOnly"));
            Assert.Equal("Disabled", site.Text("properties.siteConfig.ftpsState"));
            Assert.Equal("1.2", site.Text("properties.siteConfig.minTlsVersion"));
            Assert.Equal("1.2", site.Text("properties.siteConfig.scmMinTlsVersion"));
            Assert.False(site.Flag("properties.siteConfig.remoteDebuggingEnabled"));
            Assert.Empty(site.At("properties.siteConfig.cors.allowedOrigins")!.Value.EnumerateArray());
            Assert.False(site.Flag("properties.siteConfig.cors.supportCredentials"));
            Assert.Equal("UserAssigned", site.Text("identity.type"));
            Assert.Equal("functionapp", site.Text("kind"));
            foreach (var policy in new[] { "ftp", "scm" })
            {
                Assert.False(Assert.Single(policies, item => item.Name == $"{site.Name}/{policy}").Flag("properties.allow"));
            }
        });
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Vault_Always_IsByRolesAndCannotBePurged(string name)
    {
        var vault = Snapshot.Read(name).Single("Microsoft.KeyVault/vaults");

        Assert.True(vault.Flag("properties.enableRbacAuthorization"));
        Assert.True(vault.Flag("properties.enablePurgeProtection"));
        Assert.True(vault.Flag("properties.enableSoftDelete"));
        Assert.Equal(90, vault.At("properties.softDeleteRetentionInDays")!.Value.GetInt32());
        Assert.Null(vault.At("properties.accessPolicies"));
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void HybridConnections_Everywhere_AskForAKeyThatMayOnlySendOrListen(string name)
    {
        var snapshot = Snapshot.Read(name);

        Assert.All(snapshot.OfType("Microsoft.Relay/namespaces/hybridConnections"), connection =>
        {
            Assert.True(connection.Flag("properties.requiresClientAuthorization"));
            Assert.Matches("""^\[\{"key":"endpoint","value":"[a-z0-9.-]+:[0-9]+"\}\]$""", connection.Text("properties.userMetadata"));
        });
        Assert.All(snapshot.OfType("Microsoft.Relay/namespaces/hybridConnections/authorizationRules"), rule =>
        {
            var right = Assert.Single(rule.At("properties.rights")!.Value.EnumerateArray()).GetString();
            Assert.Equal(rule.OwnName switch { "defaultListener" => "Listen", "defaultSender" => "Send", _ => "?" }, right);
        });
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void SignIn_WithARegistration_LetsNobodyInWithoutAToken(string name)
    {
        var snapshot = Snapshot.Read(name);
        var sites = snapshot.OfType("Microsoft.Web/sites").Concat(snapshot.OfType("Microsoft.Web/sites/slots")).ToList();
        var settings = snapshot.Resources.Where(item => item.OwnName == "authsettingsV2").ToList();

        Assert.True(settings.Count == 0 || settings.Count == sites.Count, "The app and its slot must have the same sign-in");
        Assert.Equal(name.StartsWith("prod", StringComparison.Ordinal), settings.Count > 0);
        Assert.All(settings, item =>
        {
            Assert.True(item.Flag("properties.platform.enabled"));
            Assert.True(item.Flag("properties.globalValidation.requireAuthentication"));
            Assert.NotEqual("AllowAnonymous", item.Text("properties.globalValidation.unauthenticatedClientAction"));
            Assert.True(item.Flag("properties.httpSettings.requireHttps"));
            Assert.Null(item.At("properties.globalValidation.excludedPaths"));
            Assert.NotEmpty(item.At("properties.identityProviders.azureActiveDirectory.validation.allowedAudiences")!.Value.EnumerateArray());
        });
    }

    [Fact]
    public void VirtualNetwork_InsteadOfTheRelay_ClosesStorageAndVaultToTheInternet()
    {
        var snapshot = Snapshot.Read("prod-network");

        Assert.DoesNotContain(snapshot.Resources, item => item.Type.StartsWith("Microsoft.Relay", StringComparison.Ordinal));
        Assert.All(
            snapshot.OfType("Microsoft.Storage/storageAccounts").Concat(snapshot.OfType("Microsoft.KeyVault/vaults")),
            item =>
            {
                Assert.Equal("Disabled", item.Text("properties.publicNetworkAccess"));
                Assert.Equal("Deny", item.Text("properties.networkAcls.defaultAction"));
                Assert.Contains(snapshot.OfType("Microsoft.Network/privateEndpoints"), endpoint =>
                    endpoint.Body.GetRawText().Contains($"\"{item.Id}\"", StringComparison.Ordinal));
            });
    }

    // The one account that Elastic Premium reads with a key (Azure Files); see modules/contentShare.bicep.
    private static bool IsContentShare(string id) => id.Contains("/storageAccounts/lscontent", StringComparison.Ordinal);

    private static string OutsideTheVault(Snapshot snapshot) => string.Join(
        '\n', snapshot.Resources.Where(item => item.Type != "Microsoft.KeyVault/vaults/secrets").Select(item => item.Body.GetRawText()));

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex(@"listKeys\('(?<id>[^']+)'")]
    private static partial Regex ListKeys();
}
