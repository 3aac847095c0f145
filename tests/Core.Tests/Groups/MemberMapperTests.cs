using System.Text;
using LdapSync.Core.Entries;
using LdapSync.Core.Groups;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Groups;

public sealed class MemberMapperTests
{
    private static readonly byte[] UserSid = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0x51, 4, 0, 0];
    private static readonly byte[] GroupSid = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 1, 2, 0, 0];

    [Theory]
    [InlineData("uid=anna,ou=people,dc=example", "UID=Anna, ou=people,dc=EXAMPLE", true)]
    [InlineData("uid=anna,ou=people,dc=example", "uid=anna,ou=people,dc=example#'0101'B", true)]
    [InlineData("cn=Adler\\, Anna,dc=example", "cn=adler\\2c anna,dc=example", true)]
    [InlineData("uid=anna,ou=people,dc=example", "uid=anna,ou=others,dc=example", false)]
    public void OfName_TwoWaysOfWriting_AreOneKeyWhereTheyAreOneName(string one, string other, bool same) =>
        Assert.Equal(same, MemberKey.OfName(one) == MemberKey.OfName(other));

    [Fact]
    public void OfLogin_NameAndLoginOfOneText_AreDifferentKeys() => Assert.NotEqual(MemberKey.OfLogin("anna"), MemberKey.OfName("anna"));

    [Fact]
    [Trait("Rule", "R9")]
    public void PrimaryGroupOf_User_IsTheSidOfTheGroupOfTheSameDomain()
    {
        var mapper = Mapper(MembershipSource.Member, primaryGroup: true);
        var user = new DirectoryEntry("cn=anna,dc=example", [new("objectSid", [UserSid]), Text("primaryGroupID", "513")]);
        var group = new DirectoryEntry("cn=domain users,dc=example", [new("objectSid", [GroupSid])]);

        Assert.Equal(mapper.SidOf(group), mapper.PrimaryGroupOf(user));
        Assert.Null(Mapper(MembershipSource.Member).PrimaryGroupOf(user));
    }

    [Theory]
    [InlineData(MembershipSource.Member, DirectoryKind.OpenLdap, "groupOfNames", false)]
    [InlineData(MembershipSource.Member, DirectoryKind.OpenLdap, "groupOfMembers", true)]
    [InlineData(MembershipSource.Member, DirectoryKind.ActiveDirectory, "group", true)]
    [InlineData(MembershipSource.Member, DirectoryKind.Other, "groupOfNames", true)]
    [InlineData(MembershipSource.MemberUid, DirectoryKind.OpenLdap, "posixGroup", true)]
    [InlineData(MembershipSource.MemberUid, DirectoryKind.OpenLdap, "groupOfNames", false)]
    public void MayBeEmpty_ByClassOfGroup_TellsEmptyFromUnreadable(MembershipSource source, DirectoryKind kind, string objectClass, bool may) =>
        Assert.Equal(may, Mapper(source).MayBeEmpty(new DirectoryEntry("cn=g,dc=example", [Text("objectClass", objectClass)]), kind));

    [Theory]
    [InlineData(MembershipSource.Member, DirectoryKind.ActiveDirectory, true)]
    [InlineData(MembershipSource.Member, DirectoryKind.Other, true)]
    [InlineData(MembershipSource.MemberUid, DirectoryKind.OpenLdap, true)]
    [InlineData(MembershipSource.MemberUid, DirectoryKind.ActiveDirectory, false)]
    [InlineData(MembershipSource.MemberUid, DirectoryKind.Other, false)]
    public void FindsGroups_ByLoginsOnAServerThatMayCompareWithCase_IsNotCertain(MembershipSource source, DirectoryKind kind, bool certain) =>
        Assert.Equal(certain, Mapper(source).FindsGroups(kind));

    [Fact]
    public void GroupsOf_UserWithCharactersOfFilters_EscapesThem()
    {
        var user = new DirectoryEntry("cn=a*(b),dc=example", [Text("uid", "a*")]);

        Assert.Equal("(|(member=cn=a\\2a\\28b\\29,dc=example)(uniqueMember=cn=a\\2a\\28b\\29,dc=example))", Mapper(MembershipSource.Member).GroupsOf(user));
        Assert.Equal("(|(memberUid:1.3.6.1.4.1.1466.109.114.2:=a\\2a))", Mapper(MembershipSource.MemberUid).GroupsOf(user));
    }

    private static MemberMapper Mapper(MembershipSource source, bool primaryGroup = false) =>
        new(new DirectorySettings { Groups = new() { Membership = source, PrimaryGroup = primaryGroup, GroupId = "objectGUID" } });

    private static DirectoryAttribute Text(string name, string value) => new(name, [Encoding.UTF8.GetBytes(value)]);
}
