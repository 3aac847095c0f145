using CsCheck;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Settings;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("dc1", "dc1:389")]
    [InlineData("dc1.example.org:636", "dc1.example.org:636")]
    [InlineData(" a , b:1 ,[2001:db8::1],[::1]:65535", "a:389 b:1 [2001:db8::1]:389 [::1]:65535")]
    [InlineData("192.0.2.1:389", "192.0.2.1:389")]
    [InlineData("münchen.example.", "münchen.example.:389")]
    [InlineData("my_dc-1", "my_dc-1:389")]
    public void ParseList_Servers_AreInOrder(string text, string expected) => Assert.Equal(expected, string.Join(' ', ServerAddress.ParseList(text, 389)));

    [Theory]
    [InlineData("")]
    [InlineData("a,")]
    [InlineData("a,,b")]
    [InlineData("ldap://a")]
    [InlineData("a:")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:x")]
    [InlineData("a:-1")]
    [InlineData("2001:db8::1")]
    [InlineData("[2001:db8::1")]
    [InlineData("[dc1]")]
    [InlineData("[::1]636")]
    [InlineData("[]")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("a..b")]
    [InlineData("256.1.1.1")]
    [InlineData("1.2.3")]
    [InlineData("a/b")]
    [InlineData(":389")]
    public void ParseList_Mistake_IsAnError(string text)
    {
        Assert.False(ServerAddress.TryParseList(text, 389, out _, out var problem));
        Assert.Equal(problem, Assert.Throws<FormatException>(() => ServerAddress.ParseList(text, 389)).Message);
    }

    [Fact]
    public void ParseList_WhatToStringWrote_IsTheSame() =>
        Gen.Select(Gen.OneOf("dc1", "a.b", "::1", "2001:db8::2", "192.0.2.7"), Gen.Int[1, 65535], (host, port) => new ServerAddress(host, port))
            .List[1, 4].Sample(servers => Assert.Equal(servers, ServerAddress.ParseList(string.Join(',', servers), 1)));

    [Fact]
    public void TryParseList_AnyText_NeverThrows() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["a1.:[],- "], 0, 12])
        .Sample(text => { _ = ServerAddress.TryParseList(text, 389, out _, out _); });
}
