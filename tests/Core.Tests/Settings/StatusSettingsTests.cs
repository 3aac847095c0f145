using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Settings;

/// <summary>Settings of account status and of signing in (S1).</summary>
public sealed class StatusSettingsTests
{
    [Theory]
    [Trait("Rule", "S1")]
    [InlineData("", null)]
    [InlineData("(employeeType=internal)", null)]
    [InlineData("(userAccountControl:1.2.840.113556.1.4.803:=2)", null)]
    [InlineData("employeeType=internal", "Not a search filter")]
    [InlineData("(employeeType=internal", "Not a search filter")]
    [InlineData("(memberOf=[#LDAPGroupDN#])", "stands for a group")]
    [InlineData("(manager:1.2.840.113556.1.4.1941:=cn=x)", "cannot be decided")]
    [InlineData("(|(a=b)(ou:dn:=people))", "cannot be decided")]
    [InlineData("(:caseExactMatch:=x)", "cannot be decided")]
    public void Validate_ActiveExpression_SaysWhatIsWrong(string expression, string? message) =>
        Check(settings => settings with { Users = settings.Users with { ActiveExpression = expression } }, "users.activeExpression", message);

    [Theory]
    [Trait("Rule", "S1")]
    [InlineData(1, null)]
    [InlineData(525_600, null)]
    [InlineData(0, "out of range")]
    [InlineData(525_601, "out of range")]
    public void Validate_LockoutMinutes_HaveARange(int minutes, string? message) => Check(
        settings => settings with { Users = settings.Users with { InactiveWhen = new InactiveSettings { LockoutMinutes = minutes } } }, "users.inactiveWhen.lockoutMinutes", message);

    [Theory]
    [Trait("Rule", "S1")]
    [InlineData(0, 1, 1, 1, "signIn.attemptsPerLogin")]
    [InlineData(1, 1001, 1, 1, "signIn.attemptsPerAddress")]
    [InlineData(1, 1, 1441, 1, "signIn.windowMinutes")]
    [InlineData(1, 1, 1, 0, "signIn.auditDays")]
    public void Validate_SignInLimits_HaveRanges(int login, int address, int minutes, int days, string field) => Check(
        settings => settings with { SignIn = new SignInSettings { AttemptsPerLogin = login, AttemptsPerAddress = address, WindowMinutes = minutes, AuditDays = days } }, field, "out of range");

    private static void Check(Func<DirectorySettings, DirectorySettings> change, string field, string? message)
    {
        var settings = SettingsPresets.For(DirectoryKind.OpenLdap, "dc=example,dc=test");
        settings = settings with { Connection = settings.Connection with { ServerName = "ldap.example.test", AdministratorLogin = "cn=reader" } };
        var errors = SettingsValidator.Validate(change(settings), hasPassword: true);
        if (message is null)
        {
            Assert.Empty(errors);
            return;
        }

        var error = Assert.Single(errors);
        Assert.Equal(field, error.Field);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
