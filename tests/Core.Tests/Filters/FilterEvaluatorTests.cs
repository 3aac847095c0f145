using System.Text;
using LdapSync.Core.Entries;
using LdapSync.Core.Filters;
using Xunit;

namespace LdapSync.Core.Tests.Filters;

public sealed class FilterEvaluatorTests
{
    private static readonly DirectoryEntry Entry = new("cn=x", [
        Attribute("cn", "Anna Müller"),
        Attribute("mail;x-old", "a@example.org"),
        Attribute("userAccountControl", "514"),
        Attribute("loginCount", "9", "x"),
        new DirectoryAttribute("bin", [new byte[] { 0xff, 1 }]),
    ]);

    [Theory]
    [InlineData("(CN=anna MÜLLER)", true)]
    [InlineData("(cn~=anna müller)", true)]
    [InlineData("(cn=anna)", false)]
    [InlineData("(cn=an*mü*er)", true)]
    [InlineData("(cn=*na*)", true)]
    [InlineData("(cn=anna*anna müller)", false)]
    [InlineData("(cn=*müller*er)", false)]
    [InlineData("(mail=*)", true)]
    [InlineData("(c=*)", false)]
    [InlineData("(!(phone=1))", true)]
    [InlineData("(userAccountControl:1.2.840.113556.1.4.803:=2)", true)]
    [InlineData("(userAccountControl:1.2.840.113556.1.4.803:=3)", false)]
    [InlineData("(userAccountControl:1.2.840.113556.1.4.804:=3)", true)]
    [InlineData("(userAccountControl:1.2.840.113556.1.4.804:=1)", false)]
    [InlineData("(userAccountControl>=65)", true)]
    [InlineData("(userAccountControl<=65)", false)]
    [InlineData("(loginCount<=10)", true)]
    [InlineData("(cn>=anna)", true)]
    [InlineData("(bin=\\ff\\01)", true)]
    [InlineData("(bin=\\ff\\02)", false)]
    [InlineData("(cn:=anna müller)", true)]
    [InlineData("(&)", true)]
    [InlineData("(|)", false)]
    // Undefined stays undefined under "not", and loses against a decided part
    [InlineData("(cn:1.2.3:=x)", false)]
    [InlineData("(!(cn:1.2.3:=x))", false)]
    [InlineData("(|(!(cn:1.2.3:=x))(cn=*))", true)]
    [InlineData("(!(&(cn:1.2.3:=x)(phone=*)))", true)]
    [InlineData("(!(|(cn:1.2.3:=x)(phone=*)))", false)]
    [InlineData("(!(cn:1.2.840.113556.1.4.803:=1))", false)]
    public void Matches_Filter_IsAsRfc4511Says(string filter, bool expected) => Assert.Equal(expected, LdapFilter.Parse(filter).Matches(Entry));

    private static DirectoryAttribute Attribute(string name, params string[] values) =>
        new(name, [.. values.Select(value => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(value)))]);
}
