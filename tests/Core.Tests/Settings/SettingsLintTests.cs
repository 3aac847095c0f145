using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Settings;

public sealed class SettingsLintTests
{
    private static readonly DirectorySettings ActiveDirectory = SettingsPresets.For(DirectoryKind.ActiveDirectory, "dc=example");

    /// <summary>Settings that are valid but odd, and the fields that are warned about.</summary>
    public static TheoryData<DirectorySettings, string[]> Oddities { get; } = new()
    {
        { ActiveDirectory, [] },
        { SettingsPresets.For(DirectoryKind.OpenLdap, "dc=example"), [] },
        { ActiveDirectory with { Filters = ActiveDirectory.Filters with { Users = "(objectClass=user)" } }, ["filters.users"] },
        { ActiveDirectory with { Users = ActiveDirectory.Users with { UserId = "SAMACCOUNTNAME" } }, ["users.userId"] },
        { ActiveDirectory with { Users = ActiveDirectory.Users with { Login = "2.5.4.3" } }, ["users.login"] },
        { ActiveDirectory with { Connection = new() { Security = ConnectionSecurity.None } }, ["connection.security"] },
        {
            ActiveDirectory with { Connection = new() { Security = ConnectionSecurity.None, PinnedCertificate = "ab", TrustedCertificates = "x" } },
            ["connection.security", "connection.pinnedCertificate", "connection.trustedCertificates"]
        },
        {
            ActiveDirectory with { Options = new() { RemovalLimits = new() { Deactivations = null, DeactivationsPercent = null, RoleRemovals = null, RoleRemovalsPercent = null } } },
            ["options.removalLimits.deactivations", "options.removalLimits.roleRemovals"]
        },
    };

    [Theory]
    [MemberData(nameof(Oddities))]
    public void Check_Settings_WarnsOfTheseFields(DirectorySettings settings, string[] fields) =>
        Assert.Equal(fields, SettingsLint.Check(settings).Select(warning => warning.Field));
}
