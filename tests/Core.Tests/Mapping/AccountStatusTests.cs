using System.Text;
using LdapSync.Core.Entries;
using LdapSync.Core.Mapping;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Mapping;

/// <summary>What counts as inactive, by settings (U3, U4).</summary>
public sealed class AccountStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    // 133800000000000000 is in 2024, in hundreds of nanoseconds since 1601.
    [Theory]
    [Trait("Rule", "U3")]
    [InlineData("userAccountControl", "514", StatusKind.Disabled)]
    [InlineData("nsAccountLock", "TRUE", StatusKind.Disabled)]
    [InlineData("accountExpires", "133800000000000000", StatusKind.Expired)]
    [InlineData("pwdEndTime", "20260228235959Z", StatusKind.Expired)]
    [InlineData("pwdStartTime", "20260302000000Z", StatusKind.Expired)]
    [InlineData("pwdAccountLockedTime", "000001010000Z", StatusKind.LockedByAdministrator)]
    [InlineData("lockoutTime", "133800000000000000", StatusKind.LockedOut)]
    [InlineData("msDS-User-Account-Control-Computed", "16", StatusKind.LockedOut)]
    [InlineData("pwdAccountLockedTime", "20260228235959Z", StatusKind.LockedOut)]
    public void TryRead_EachKind_CountsOnlyWhereTheSettingsSayso(string attribute, string value, StatusKind kind)
    {
        var entry = Entry((attribute, value));
        foreach (var counted in Enum.GetValues<StatusKind>())
        {
            var status = new AccountStatus(new UserSettings
            {
                InactiveWhen = new InactiveSettings
                {
                    Disabled = counted == StatusKind.Disabled,
                    Expired = counted == StatusKind.Expired,
                    LockedByAdministrator = counted == StatusKind.LockedByAdministrator,
                    LockedOut = counted == StatusKind.LockedOut,
                },
            });
            Assert.True(status.TryRead(entry, Now, out var enabled, out _));
            Assert.Equal(counted != kind, enabled);
            Assert.Equal([new StatusFinding(kind, attribute, counted == kind)], status.Findings(entry, Now));
        }
    }

    [Theory]
    [Trait("Rule", "U4")]
    [InlineData("lockoutTime", "0", null, true)]
    [InlineData("pwdAccountLockedTime", "20260228233000Z", 30, true)]
    [InlineData("pwdAccountLockedTime", "20260228233001Z", 30, false)]
    [InlineData("pwdAccountLockedTime", "20200101000000Z", null, false)]
    [InlineData("msDS-User-Account-Control-Computed", "8388608", null, true)]
    public void TryRead_LockoutThatCounts_EndsAfterItsTime(string attribute, string value, int? minutes, bool expected)
    {
        var status = new AccountStatus(new UserSettings { InactiveWhen = new InactiveSettings { LockedOut = true, LockoutMinutes = minutes } });
        Assert.True(status.TryRead(Entry((attribute, value)), Now, out var enabled, out _));
        Assert.Equal(expected, enabled);
    }

    [Fact]
    public void TryRead_DomainControllerComputesTheLockout_TheTimeInTheEntryDoesNotMatter()
    {
        var status = new AccountStatus(new UserSettings { InactiveWhen = new InactiveSettings { LockedOut = true } });
        Assert.True(status.TryRead(Entry(("lockoutTime", "133800000000000000"), ("msDS-User-Account-Control-Computed", "0")), Now, out var enabled, out _));
        Assert.True(enabled);
    }

    [Theory]
    [Trait("Rule", "U3")]
    [InlineData("(employeeType=internal)", true)]
    [InlineData("(!(employeeType=external))", true)]
    [InlineData("(employeeType=external)", false)]
    [InlineData("(&(employeeType=*)(departmentNumber>=40))", true)]
    [InlineData("(departmentNumber<=40)", false)]
    [InlineData("(loginDisabled=FALSE)", false)]
    [InlineData("(flags:1.2.840.113556.1.4.803:=4)", true)]
    public void TryRead_Expression_IsTrueOfActiveAccounts(string expression, bool expected)
    {
        var status = new AccountStatus(new UserSettings { ActiveExpression = expression });
        Assert.True(status.TryRead(Entry(("employeeType", "Internal"), ("departmentNumber", "42"), ("flags", "6")), Now, out var enabled, out _));
        Assert.Equal(expected, enabled);
    }

    [Fact]
    [Trait("Rule", "U8")]
    public void TryRead_ExpressionOverUnreadableValue_IsAProblemOfTheEntry()
    {
        var status = new AccountStatus(new UserSettings { ActiveExpression = "(departmentNumber>=40)" });
        var entry = new DirectoryEntry("uid=anna", [new DirectoryAttribute("departmentNumber", [new byte[] { 0xFF }])]);
        Assert.False(status.TryRead(entry, Now, out _, out var unreadable));
        Assert.Equal("users.activeExpression", unreadable);
    }

    [Fact]
    public void Attributes_NamedInTheExpression_AreAskedFor()
    {
        var status = new AccountStatus(new UserSettings { ActiveExpression = "(|(employeeType=a)(!(EMPLOYEETYPE=b))(st=*x))" });
        Assert.Equal(["employeeType", "st"], status.Attributes.TakeLast(2));
        Assert.DoesNotContain("lockoutTime", status.Attributes);
        Assert.Contains("lockoutTime", status.AllAttributes);
    }

    private static DirectoryEntry Entry(params (string Name, string Value)[] attributes) =>
        new("uid=anna", [.. attributes.Select(one => new DirectoryAttribute(one.Name, [Encoding.UTF8.GetBytes(one.Value)]))]);
}
