using System.Text;
using CsCheck;
using LdapSync.Core.Entries;
using Xunit;

namespace LdapSync.Core.Tests.Entries;

public sealed class DistinguishedNameTests
{
    private static readonly Gen<NamePart> Part = Gen.Select(
        Gen.OneOf("cn", "OU", "dc", "2.5.4.3"),
        Gen.OneOf(
            Gen.String.Select(Encoding.UTF8.GetBytes),
            Gen.String[Gen.Char[" #=,+\"\\<>;\0a Ü"], 0, 10].Select(Encoding.UTF8.GetBytes),
            Gen.Byte.Array[0, 8]),
        Gen.Bool,
        (type, value, encoded) => new NamePart(type, value, encoded && value.Length > 0));

    private static readonly Gen<DistinguishedName> Name = Part.List[1, 3].Select(parts => new RelativeName(parts)).List[0, 5]
        .Select(names => new DistinguishedName(names));

    [Theory]
    // The examples of RFC 4514, section 4
    [InlineData("UID=jsmith,DC=example,DC=net")]
    [InlineData("OU=Sales+CN=J.  Smith,DC=example,DC=net")]
    [InlineData("CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net")]
    [InlineData("CN=Before\\0dAfter,DC=example,DC=net")]
    [InlineData("1.3.6.1.4.1.1466.0=#04024869")]
    [InlineData("CN=Lučić")]
    [InlineData("")]
    [InlineData("cn=")]
    [InlineData("cn=,dc=x")]
    [InlineData("cn=a=b#c")]
    [InlineData("cn=\\ \\ ,dc=x")]
    [InlineData("cn=\\#1")]
    [InlineData("cn=\\ff\\fe")]
    public void Parse_Name_WritesTheSameText(string text) => Assert.Equal(text, DistinguishedName.Parse(text).ToString());

    [Theory]
    [InlineData("CN=Lu\\C4\\8Di\\C4\\87", "CN=Lučić")]
    [InlineData(" cn = a b  , dc = x ", "cn=a b,dc=x")]
    [InlineData("cn=a\\20", "cn=a\\ ")]
    [InlineData("cn=a\\2Cb\\=c", "cn=a\\,b=c")]
    [InlineData("cn=a + ou=b", "cn=a+ou=b")]
    [InlineData("cn=#04AB ,dc=x", "cn=#04ab,dc=x")]
    public void Parse_OtherSpellings_WritesOneText(string text, string written) => Assert.Equal(written, DistinguishedName.Parse(text).ToString());

    [Theory]
    [InlineData("x", 1)]
    [InlineData("=x", 0)]
    [InlineData("cn=a,", 5)]
    [InlineData("cn=a,,dc=x", 5)]
    [InlineData("cn=a;dc=x", 4)]
    [InlineData("cn=a\"b\"", 4)]
    [InlineData("cn=<x>", 3)]
    [InlineData("cn=a\\", 4)]
    [InlineData("cn=a\\q1", 4)]
    [InlineData("cn=a\\4", 4)]
    [InlineData("cn=#", 4)]
    [InlineData("cn=#0", 4)]
    [InlineData("cn=#0g", 4)]
    [InlineData("cn=#04x", 6)]
    [InlineData("c n=a", 1)]
    [InlineData("cn=a\0", 4)]
    [InlineData("cn=a+,dc=x", 5)]
    [InlineData("1.=x", 2)]
    public void Parse_Mistake_TellsThePlace(string text, int position)
    {
        Assert.False(DistinguishedName.TryParse(text, out var name, out var error));
        Assert.Null(name);
        Assert.Equal(position, error.Position);
        Assert.Equal(position, Assert.Throws<DistinguishedNameException>(() => DistinguishedName.Parse(text)).Position);
    }

    [Theory]
    [InlineData("CN=Anna  Müller,DC=Example", "cn=anna müller,dc=EXAMPLE", true)]
    [InlineData("cn=a+ou=b,dc=x", "OU=B+CN=A,dc=x", true)]
    [InlineData("cn=\\61,dc=x", "cn=A,dc=x", true)]
    [InlineData("cn=a\\,b", "cn=a\\2cb", true)]
    [InlineData("cn=ÄÖ", "cn=äö", true)]
    [InlineData("cn=#04AB", "CN=#04ab", true)]
    [InlineData("cn=a,dc=x", "cn=a,dc=y", false)]
    [InlineData("cn=a,dc=x", "cn=a", false)]
    [InlineData("cn=a\\,dc\\=x", "cn=a,dc=x", false)]
    [InlineData("cn=#61", "cn=a", false)]
    [InlineData("cn=\\ff", "cn=\\fe", false)]
    public void Equals_TwoSpellings_ComparesAsDirectoriesDo(string left, string right, bool expected)
    {
        Assert.Equal(expected, DistinguishedName.Parse(left).Equals(DistinguishedName.Parse(right)));
        Assert.Equal(expected, DistinguishedName.KeyOf(left) == DistinguishedName.KeyOf(right));
    }

    [Fact]
    public void ToString_AnyName_ParsesToTheSameName() => Name.Sample(name =>
    {
        var read = DistinguishedName.Parse(name.ToString());
        Assert.Equal(name, read);
        Assert.Equal(Octets(name), Octets(read));
        Assert.Equal(name.Normalized, DistinguishedName.Parse(name.Normalized).Normalized);
    });

    [Fact]
    public void TryParse_AnyText_NeverThrows() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["cn=,+\\#0 \"aé;"], 0, 20]).Sample(text =>
    {
        if (!DistinguishedName.TryParse(text, out _, out var error))
            Assert.InRange(error.Position, 0, text.Length);
        Assert.NotNull(DistinguishedName.KeyOf(text));
    });

    [Fact]
    public void KeyOf_AnyName_IsTheNormalizedText() => Gen.OneOf(
        Name.Select(name => name.ToString()), Gen.Char["Aé =,+\\#x"].Array[0, 8].Select(tail => "CN=a" + new string(tail))).Sample(text =>
    {
        if (DistinguishedName.TryParse(text, out var name, out _))
            Assert.Equal(name.Normalized, DistinguishedName.KeyOf(text));
    }, iter: 5_000);

    [Fact]
    public void Parent_Name_GoesUpToTheRoot()
    {
        var name = DistinguishedName.Parse("cn=a\\,b,ou=c+l=d,dc=x");
        Assert.Equal("ou=c+l=d,dc=x", name.Parent!.ToString());
        Assert.Equal(DistinguishedName.Root, name.Parent.Parent!.Parent);
        Assert.Null(DistinguishedName.Root.Parent);
    }

    [Theory]
    [InlineData("cn=a,ou=b,dc=x", "OU=B,DC=X", true)]
    [InlineData("ou=b,dc=x", "ou=b,dc=x", true)]
    [InlineData("cn=a", "", true)]
    [InlineData("ou=b,dc=x", "cn=a,ou=b,dc=x", false)]
    [InlineData("cn=a,ou=bb,dc=x", "ou=b,dc=x", false)]
    public void IsWithin_TwoNames_TellsDescent(string name, string above, bool expected) =>
        Assert.Equal(expected, DistinguishedName.Parse(name).IsWithin(DistinguishedName.Parse(above)));

    private static string Octets(DistinguishedName name) => string.Join(',', name.Names.Select(level =>
        string.Join('+', level.Parts.Select(part => $"{part.Type}:{part.IsEncoded}:{Convert.ToHexString(part.Value.Span)}"))));
}
