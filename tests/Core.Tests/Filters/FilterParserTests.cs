using System.Text;
using LdapSync.Core.Filters;
using Xunit;

namespace LdapSync.Core.Tests.Filters;

public sealed class FilterParserTests
{
    [Theory]
    // The examples of RFC 4515, section 4
    [InlineData("(cn=Babs Jensen)")]
    [InlineData("(!(cn=Tim Howes))")]
    [InlineData("(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))")]
    [InlineData("(o=univ*of*mich*)")]
    [InlineData("(seeAlso=)")]
    [InlineData("(cn:caseExactMatch:=Fred Flintstone)")]
    [InlineData("(cn:=Betty Rubble)")]
    [InlineData("(sn:dn:2.4.6.8.10:=Barney Rubble)")]
    [InlineData("(o:dn:=Ace Industry)")]
    [InlineData("(:1.2.3:=Wilma Flintstone)")]
    [InlineData("(:dn:2.4.6.8.10:=Dino)")]
    [InlineData("(o=Parens R Us \\28for all your parenthetical needs\\29)")]
    [InlineData("(cn=*\\2a*)")]
    [InlineData("(filename=C:\\5cMyFile)")]
    [InlineData("(bin=\\00\\00\\00\\04)")]
    // RFC 4526 and the rest of the grammar
    [InlineData("(&)")]
    [InlineData("(|)")]
    [InlineData("(cn=*)")]
    [InlineData("(cn;lang-de;x-1=Müller 😀)")]
    [InlineData("(2.5.4.3~=x)")]
    [InlineData("(a>=1)")]
    [InlineData("(a<=1)")]
    [InlineData("(a==1)")]
    [InlineData("(a=x!&|=~<>:)")]
    [InlineData("(a=*x)")]
    [InlineData("(userAccountControl:1.2.840.113556.1.4.803:=2)")]
    public void Parse_Filter_WritesTheSameText(string text) => Assert.Equal(text, LdapFilter.Parse(text).ToString());

    [Theory]
    [InlineData(" ( & (a=1)\r\n\t(b=2) ) ", "(&(a=1)(b=2))")]
    [InlineData("(! (a=1) )", "(!(a=1))")]
    [InlineData("(a= 1 )", "(a= 1 )")]
    [InlineData("(a=**)", "(a=*)")]
    [InlineData("(a=x**y)", "(a=x*y)")]
    [InlineData("(sn=Lu\\c4\\8di\\c4\\87)", "(sn=Lučić)")]
    [InlineData("(1.3.6.1.4.1.1466.0=\\04\\02\\48\\69)", "(1.3.6.1.4.1.1466.0=\\04\\02Hi)")]
    [InlineData("(a=\\FF\\c3\\28)", "(a=\\ff\\c3\\28)")]
    [InlineData("(a:DN:=x)", "(a:dn:=x)")]
    [InlineData("(a=\\3e1)", "(a=\\3e1)")]
    public void Parse_OtherSpellings_WritesTheCanonicalText(string text, string canonical) =>
        Assert.Equal(canonical, LdapFilter.Parse(text).ToString());

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("  ", 2, "empty")]
    [InlineData("cn=x", 0, "Expected '('")]
    [InlineData("(!attr=x)", 2, "Expected '('")]
    [InlineData("(&attr=x)", 2, "Expected '('")]
    [InlineData("(&(a=1)b=2)", 7, "Expected '('")]
    [InlineData("(!)", 2, "Expected '('")]
    [InlineData("(!(a=1)(b=2))", 7, "Expected ')'")]
    [InlineData("(a=>1)", 2, "Write >=")]
    [InlineData("(a=<1)", 2, "Write <=")]
    [InlineData("(a>1)", 2, "Expected >=")]
    [InlineData("(a~1)", 2, "Expected ~=")]
    [InlineData("(a<", 2, "Expected <=")]
    [InlineData("(a=1", 4, "opened at character 1")]
    [InlineData("(&(a=1)", 7, "opened at character 1")]
    [InlineData("(&(a=1)(b=2", 11, "opened at character 8")]
    [InlineData("(a=1))", 5, "no open bracket")]
    [InlineData("(a=1)(b=2)", 5, "joined as (&")]
    [InlineData("(a=1) x", 6, "joined as (&")]
    [InlineData("(a=x(y))", 4, "\\28")]
    [InlineData("(a=\\)", 3, "two hexadecimal digits")]
    [InlineData("(a=x\\4)", 4, "two hexadecimal digits")]
    [InlineData("(a=\\zz)", 3, "two hexadecimal digits")]
    [InlineData("(a=x\\", 4, "two hexadecimal digits")]
    [InlineData("(a=\0)", 3, "\\00")]
    [InlineData("(=x)", 1, "Expected an attribute name")]
    [InlineData("()", 1, "Expected an attribute name")]
    [InlineData("(", 1, "Expected an attribute name")]
    [InlineData("(a)", 2, "Expected =")]
    [InlineData("((a=1))", 1, "Expected an attribute name")]
    [InlineData("(my attr=1)", 3, "Not allowed in an attribute name")]
    [InlineData("(cn =1)", 3, "Not allowed in an attribute name")]
    [InlineData("(-a=1)", 1, "begins with a letter")]
    [InlineData("(1a=1)", 2, "2.5.4.3")]
    [InlineData("(1=1)", 1, "2.5.4.3")]
    [InlineData("(1.02=1)", 3, "2.5.4.3")]
    [InlineData("(1..2=1)", 3, "2.5.4.3")]
    [InlineData("(1.2.=1)", 5, "2.5.4.3")]
    [InlineData("(cn;=1)", 4, "option")]
    [InlineData("(cn;a;b_c=1)", 7, "option")]
    [InlineData("(a:=*x)", 4, "\\2a")]
    [InlineData("(a>=1*)", 5, "\\2a")]
    [InlineData("(:=x)", 1, "matching rule before :=")]
    [InlineData("(:dn:=x)", 1, "matching rule before :=")]
    [InlineData("(a:dn=x)", 5, "Expected :=")]
    [InlineData("(a:rule:other:=x)", 7, "Expected :=")]
    [InlineData("(a:ru le:=x)", 5, "Not allowed in a matching rule")]
    [InlineData("(a::=x)", 3, "Expected a matching rule")]
    [InlineData("(a:", 3, "Expected a matching rule")]
    public void Parse_Mistake_TellsPlaceAndRemedy(string text, int position, string message)
    {
        var error = Assert.Throws<FilterSyntaxException>(() => LdapFilter.Parse(text));
        Assert.Equal(position, error.Position);
        Assert.Contains(message, error.Problem, StringComparison.Ordinal);
        Assert.StartsWith(error.Problem, error.Message, StringComparison.Ordinal);
        Assert.False(LdapFilter.TryParse(text, out _, out _));
    }

    // Not in the table above: a lone surrogate does not survive an attribute.
    [Theory]
    [InlineData('\ud800')]
    [InlineData('\udc00')]
    public void Parse_HalfASurrogatePair_IsAnError(char half) =>
        Assert.Equal(3, Assert.Throws<FilterSyntaxException>(() => LdapFilter.Parse($"(a={half}x)")).Position);

    [Fact]
    public void Message_InTheMiddle_ShowsTheTextFromThere() => Assert.Equal(
        "Expected '(': every expression stands in brackets of its own, such as (cn=value) (at character 3: \"attr=x)\")",
        Assert.Throws<FilterSyntaxException>(() => LdapFilter.Parse("(!attr=x)")).Message);

    [Fact]
    public void Parse_DepthAtTheLimit_IsAccepted()
    {
        var text = Nested(LdapFilter.MaximumDepth - 1);
        Assert.Equal(text, LdapFilter.Parse(text).ToString());
    }

    [Fact]
    public void Parse_DeeperThanTheLimit_IsAnError()
    {
        var error = Assert.Throws<FilterSyntaxException>(() => LdapFilter.Parse(Nested(100_000)));
        Assert.Contains("nested more than 100", error.Problem, StringComparison.Ordinal);
        Assert.Equal(2 * LdapFilter.MaximumDepth, error.Position);
    }

    [Fact]
    public void Parse_Substring_HasItsPieces()
    {
        var filter = Assert.IsType<SubstringFilter>(LdapFilter.Parse("(a=one*two*\\2a*four)"));
        Assert.Equal("one", Text(filter.Initial!.Value));
        Assert.Equal(["two", "*"], filter.Any.Select(Text));
        Assert.Equal("four", Text(filter.Final!.Value));
    }

    [Fact]
    public void Parse_Extensible_HasItsParts()
    {
        var filter = Assert.IsType<ExtensibleFilter>(LdapFilter.Parse("(sn:dn:2.4.6:=x)"));
        Assert.Equal(("sn", "2.4.6", true, "x"), (filter.Attribute, filter.MatchingRule, filter.DnAttributes, Text(filter.Value)));
    }

    private static string Nested(int depth) =>
        new StringBuilder().Insert(0, "(!", depth).Append("(a=1)").Append(')', depth).ToString();

    private static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);
}
