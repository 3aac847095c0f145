using System.Text;
using CsCheck;
using LdapSync.Core.Filters;
using Xunit;

namespace LdapSync.Core.Tests.Filters;

public sealed class FilterPropertyTests
{
    private static readonly Gen<ReadOnlyMemory<byte>> Value = Gen.Frequency(
        (1, Gen.Byte.Array[0, 12].Select(octets => new ReadOnlyMemory<byte>(octets))),
        (1, Gen.String.Select(text => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(text)))),
        (1, Gen.String[Gen.Char["()*\\<>=\0a ü"], 0, 12].Select(text => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(text)))));

    private static readonly Gen<ReadOnlyMemory<byte>> Piece = Value.Where(value => !value.IsEmpty);

    private static readonly Gen<string> Attribute = Gen.OneOf("cn", "objectClass", "2.5.4.3", "sn;lang-de", "x-y");

    private static readonly Gen<LdapFilter> Item = Gen.OneOf(
        Attribute.Select(attribute => (LdapFilter)new PresenceFilter(attribute)),
        Gen.Select(Attribute, Gen.Enum<ComparisonKind>(), Value, (attribute, kind, value) => (LdapFilter)new ComparisonFilter(attribute, kind, value)),
        Gen.Select(Attribute, Piece, Piece.List[0, 3], Piece, Gen.Int[0, 2], (attribute, initial, any, final, ends) => (LdapFilter)new SubstringFilter(
            attribute, ends == 1 ? default(ReadOnlyMemory<byte>?) : initial, any, ends == 2 ? default(ReadOnlyMemory<byte>?) : final)),
        Gen.Select(Attribute, Gen.Int[0, 2], Gen.Bool, Value, (attribute, which, dn, value) => (LdapFilter)new ExtensibleFilter(
            which == 1 ? null : attribute, which == 2 ? null : "1.2.840.113556.1.4.803", dn, value)));

    private static readonly Gen<LdapFilter> Filter = Gen.Recursive<LdapFilter>((depth, inner) => depth > 3
        ? Item
        : Gen.Frequency(
            (3, Item),
            (1, inner.List[0, 3].Select(parts => (LdapFilter)new AndFilter(parts))),
            (1, inner.List[0, 3].Select(parts => (LdapFilter)new OrFilter(parts))),
            (1, inner.Select(part => (LdapFilter)new NotFilter(part)))));

    [Fact]
    public void Parse_WhatToStringWrote_IsTheSameFilter() => Filter.Sample(filter =>
    {
        var read = LdapFilter.Parse(filter.ToString());
        Assert.Equal(Shape(filter), Shape(read));
    });

    [Fact]
    public void Escape_AnyText_ComesBackAsItsOctets() => Gen.String.Sample(text =>
    {
        var filter = Assert.IsType<ComparisonFilter>(LdapFilter.Parse($"(cn={FilterEscape.Escape(text)})"));
        Assert.Equal(Encoding.UTF8.GetBytes(text), filter.Value.ToArray());
    });

    [Fact]
    public void Escape_SpecialText_ComesBackAsItsOctets() => Gen.String[Gen.Char["()*\\<>=\0\n[#] ü\ud83d\ude00"], 0, 20].Sample(text =>
    {
        var filter = Assert.IsType<ComparisonFilter>(LdapFilter.Parse($"(cn={FilterEscape.Escape(text)})"));
        Assert.Equal(Encoding.UTF8.GetBytes(text), filter.Value.ToArray());
    });

    [Fact]
    public void Escape_AnyOctets_ComeBack() => Gen.Byte.Array[0, 40].Sample(octets =>
    {
        var text = FilterEscape.Escape(octets);
        Assert.Equal(octets.Length * 3, text.Length);
        Assert.Equal(octets, Assert.IsType<ComparisonFilter>(LdapFilter.Parse($"(a={text})")).Value.ToArray());
    });

    [Fact]
    public void TryParse_AnyText_NeverThrowsAndPointsIntoTheText() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["(()&|!a=*\\2<>:~; "], 0, 30])
        .Sample(text =>
        {
            if (LdapFilter.TryParse(text, out var filter, out var error))
                Assert.Equal(filter.ToString(), LdapFilter.Parse(filter.ToString()).ToString());
            else
                Assert.InRange(error.Position, 0, text.Length);
        });

    // The filter as nested text without its own writer, values in hexadecimal.
    private static string Shape(LdapFilter filter) => filter switch
    {
        AndFilter and => $"and[{string.Join(',', and.Parts.Select(Shape))}]",
        OrFilter or => $"or[{string.Join(',', or.Parts.Select(Shape))}]",
        NotFilter not => $"not[{Shape(not.Part)}]",
        PresenceFilter presence => $"present {presence.Attribute}",
        ComparisonFilter comparison => $"{comparison.Kind} {comparison.Attribute} {Hex(comparison.Value)}",
        SubstringFilter sub => $"sub {sub.Attribute} {Hex(sub.Initial)} [{string.Join(',', sub.Any.Select(any => Hex(any)))}] {Hex(sub.Final)}",
        ExtensibleFilter ext => $"ext {ext.Attribute} {ext.MatchingRule} {ext.DnAttributes} {Hex(ext.Value)}",
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private static string Hex(ReadOnlyMemory<byte>? value) => value is { } octets ? "x" + Convert.ToHexString(octets.Span) : "-";
}
