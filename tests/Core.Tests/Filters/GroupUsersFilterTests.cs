using System.Text;
using CsCheck;
using LdapSync.Core.Filters;
using LdapSync.Core.Mapping;
using Xunit;

namespace LdapSync.Core.Tests.Filters;

public sealed class GroupUsersFilterTests
{
    private static readonly MappedGroup Group = new("S-1-5-32", "Sales (EU)*", "cn=Sales \\28EU\\29,dc=example");

    [Fact]
    [Trait("Rule", "S2")]
    public void Expand_AllMacros_WritesEscapedValues() => Assert.Equal(
        "(|(memberOf=cn=Sales \\5c28EU\\5c29,dc=example)(ou=Sales \\28EU\\29\\2a)(gid=S-1-5-32))",
        GroupUsersFilter.Expand("(|(memberOf=[#LDAPGroupDN#])(ou=[#ldapgroupname#])(gid=[#LDAPGROUPIDENTITY#]))", Group));

    [Fact]
    [Trait("Rule", "S2")]
    public void Expand_BinaryId_WritesEscapedOctets() => Assert.Equal(
        "(gid=\\01\\28\\ff)", GroupUsersFilter.Expand("(gid=[#LDAPGroupIdentity#])", Group, new byte[] { 1, 0x28, 0xff }));

    [Theory]
    [Trait("Rule", "S2")]
    [InlineData("objectGUID", "03020100-0504-0706-0809-0a0b0c0d0e0f", "\\00\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0a\\0b\\0c\\0d\\0e\\0f")]
    [InlineData("OBJECTSID", "S-1-5-32", "\\01\\01\\00\\00\\00\\00\\00\\05\\20\\00\\00\\00")]
    [InlineData("entryUUID", "03020100-0504-0706-0809-0a0b0c0d0e0f", "03020100-0504-0706-0809-0a0b0c0d0e0f")]
    [InlineData("gid", "0xff28", "\\ff\\28")]
    [InlineData("gid", "a(b)", "a\\28b\\29")]
    public void Expand_ByIdAttribute_WritesTheIdAsTheDirectoryHasIt(string attribute, string id, string written) => Assert.Equal(
        $"(x={written})", GroupUsersFilter.Parse("(x=[#LDAPGroupIdentity#])").Expand(Group with { LdapId = id }, attribute));

    [Fact]
    [Trait("Rule", "S2")]
    public void Expand_AnyName_StaysOneValue() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["()*\\[#]LDAPGroupN<"], 0, 30]).Sample(name =>
    {
        var text = GroupUsersFilter.Expand("(&(a=1)(ou=[#LDAPGroupName#]))", Group with { Name = name });
        var and = Assert.IsType<AndFilter>(LdapFilter.Parse(text));
        Assert.Equal(2, and.Parts.Count);
        Assert.Equal(Encoding.UTF8.GetBytes(name), Assert.IsType<ComparisonFilter>(and.Parts[1]).Value.ToArray());
    });

    [Fact]
    [Trait("Rule", "S2")]
    public void Expand_NameThatIsAMacro_IsNotExpandedAgain() => Assert.Equal(
        "(ou=[#LDAPGroupDN#])", GroupUsersFilter.Expand("(ou=[#LDAPGroupName#])", Group with { Name = "[#LDAPGroupDN#]" }));

    [Theory]
    [Trait("Rule", "S2")]
    [InlineData("(a=[#Nonsense#])", 3, "known are [#LDAPGroupDN#], [#LDAPGroupName#], [#LDAPGroupIdentity#]")]
    [InlineData("(a=[##])", 3, "no such macro")]
    [InlineData("(a=[#None#])", 3, "no such macro")]
    [InlineData("(a=[#1#])", 3, "no such macro")]
    [InlineData("(a=[# LDAPGroupDN #])", 3, "no such macro")]
    [InlineData("(a=[#LDAPGroupDN)", 3, "not closed")]
    [InlineData("([#LDAPGroupDN#]=x)", 1, "Expected an attribute name")]
    [InlineData("[#LDAPGroupDN#]", 0, "Expected '('")]
    [InlineData("(a=\\[#LDAPGroupDN#])", 3, "hexadecimal")]
    [InlineData("(a=\\4[#LDAPGroupDN#])", 3, "hexadecimal")]
    [InlineData("(a:[#LDAPGroupDN#]:=x)", 3, "matching rule")]
    [InlineData("(|(a=[#LDAPGroupDN#])(b=[#LDAPGroupName#])c=1)", 42, "Expected '('")]
    [InlineData("(|(a=[#LDAPGroupDN#])(b=[#LDAPGroupName#])", 42, "not closed")]
    [InlineData("(a=[#LDAPGroupDN#]\\q)", 18, "hexadecimal")]
    public void Parse_Mistake_PointsIntoTheTemplate(string template, int position, string message)
    {
        var error = Assert.Throws<FilterSyntaxException>(() => GroupUsersFilter.Parse(template));
        Assert.Equal(position, error.Position);
        Assert.Contains(message, error.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("ample", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Rule", "S2")]
    [InlineData("(a=[#LDAPGroupDN#])", true)]
    [InlineData("(a=*[#ldapGroupName#]*)", true)]
    [InlineData("(a=x)", false)]
    public void HasMacro_Template_TellsWhetherItNamesTheGroup(string template, bool expected) =>
        Assert.Equal(expected, GroupUsersFilter.Parse(template).HasMacro);
}
