using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Mapping;

public sealed class UntoldChangesTests
{
    [Theory]
    [InlineData("(objectClass=inetOrgPerson)", null)]
    [InlineData("(&(mail=*)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))", null)]
    [InlineData("(&(mail=*)(|(MemberOf=cn=app,dc=test)(title=x)))", "MemberOf")]
    [InlineData("(!(isMemberOf=cn=app,dc=test))", "isMemberOf")]
    [InlineData("(memberOf:1.2.840.113556.1.4.1941:=cn=app,dc=test)", "memberOf")]
    [InlineData("(msDS-memberOfTransitive=cn=app,dc=test)", "msDS-memberOfTransitive")]
    [InlineData("(tokenGroups=*)", "tokenGroups")]
    [InlineData("(1.2.840.113556.1.2.102=cn=app,dc=test)", "1.2.840.113556.1.2.102")]
    [InlineData("(|(a=b)(ou:dn:=people))", ":dn:")]
    public void Reason_UsersFilter_NamesWhatChangesWithoutTheUser(string filter, string? what)
    {
        var settings = SettingsPresets.For(DirectoryKind.OpenLdap);
        var reason = UntoldChanges.Reason(settings with { Filters = settings.Filters with { Users = filter } });
        Assert.Equal(what is null, reason is null);
        Assert.Contains(what ?? "", reason ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Reason_ActiveExpression_NamesTheSetting()
    {
        var settings = SettingsPresets.For(DirectoryKind.OpenLdap);
        Assert.Contains(
            "users.activeExpression", UntoldChanges.Reason(settings with { Users = settings.Users with { ActiveExpression = "(memberOf=cn=app,dc=test)" } }), StringComparison.Ordinal);
        Assert.Null(UntoldChanges.Reason(settings with { Users = settings.Users with { ActiveExpression = "(employeeType=internal)" } }));
    }
}
