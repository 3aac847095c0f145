using System.Text;
using CsCheck;
using LdapSync.Core.Mapping;
using Xunit;

namespace LdapSync.Core.Tests.Mapping;

public sealed class LdapIdTests
{
    [Theory]
    [InlineData("objectGUID", "33221100554477668899AABBCCDDEEFF", "00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("OBJECTGUID", "00000000000000000000000000000000", "00000000-0000-0000-0000-000000000000")]
    [InlineData("objectGUID", "0102", "0x0102")]
    [InlineData("objectSid", "010500000000000515000000C7F7FED77C7755C8945ACE01F5030000", "S-1-5-21-3623811015-3361044348-30300820-1013")]
    [InlineData("objectSid", "01020000000000052000000020020000", "S-1-5-32-544")]
    [InlineData("objectSid", "010100000000000100000000", "S-1-1-0")]
    [InlineData("objectSid", "010112345678 9ABC01000000", "S-1-0x123456789ABC-1")]
    [InlineData("objectSid", "0102000000000005200000", "0x0102000000000005200000")]
    [InlineData("objectSid", "020100000000000100000000", "0x020100000000000100000000")]
    [InlineData("employeeNumber", "20343220", "42")]
    [InlineData("employeeNumber", "C3BC", "ü")]
    [InlineData("employeeNumber", "FF00", "0xff00")]
    [InlineData("employeeNumber", "6100", "0x6100")]
    [InlineData("employeeNumber", "30786666", "0x30786666")]
    [InlineData("employeeNumber", "203078", "0x203078")]
    public void FromOctets_KnownVector_IsTheCanonicalText(string attribute, string hex, string expected) =>
        Assert.Equal(expected, LdapId.FromOctets(attribute, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void FromOctets_NothingReadable_IsNull(string text) => Assert.Null(LdapId.FromOctets("uid", Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void FromOctets_EntryUuid_IsLowerCase() => Assert.Equal(
        "b6a1c1f0-0000-4000-8000-00000000000a", LdapId.FromOctets("entryUUID", "B6A1C1F0-0000-4000-8000-00000000000A"u8));

    [Fact]
    public void ToOctets_BinaryAttribute_IsTheWayBack() =>
        Gen.Select(Gen.OneOf("objectGUID", "objectSid"), Gen.OneOf(Gen.Byte.Array[1, 30], Gen.Byte.Array[16], Sid)).Sample((attribute, octets) =>
            Assert.Equal(octets, LdapId.ToOctets(attribute, LdapId.FromOctets(attribute, octets)!)));

    [Fact]
    public void ToOctets_OtherAttribute_IsTheWayBackUpToOuterSpace() =>
        Gen.OneOf(Gen.Byte.Array[1, 20], Gen.String[Gen.Char["0xfA- ü\0"], 1, 9].Select(Encoding.UTF8.GetBytes)).Sample(octets =>
        {
            if (LdapId.FromOctets("uid", octets) is not { } id)
                return;
            var back = LdapId.ToOctets("uid", id);
            Assert.Equal(Encoding.Latin1.GetString(octets).Trim(), Encoding.Latin1.GetString(back).Trim());
            Assert.Equal(id, LdapId.FromOctets("uid", back));
        }, iter: 5_000);

    [Fact]
    public void FromOctets_Guid_AgreesWithTheFrameworksOctets() =>
        Gen.Guid.Sample(guid => Assert.Equal(guid.ToString(), LdapId.FromOctets("objectGUID", guid.ToByteArray())));

    [Theory]
    [InlineData("S-1")]
    [InlineData("S-2-5")]
    [InlineData("S-1-5-x")]
    [InlineData("S-1-5-4294967296")]
    [InlineData("S-1-281474976710656")]
    [InlineData("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16")]
    public void ToOctets_NotASid_IsItsText(string text) => Assert.Equal(Encoding.UTF8.GetBytes(text), LdapId.ToOctets("objectSid", text));

    private static Gen<byte[]> Sid => Gen.Select(Gen.Byte.Array[6], Gen.Int[0, 15].SelectMany(count => Gen.Byte.Array[4 * count]), (authority, parts) =>
        (byte[])[1, (byte)(parts.Length / 4), .. authority, .. parts]);
}
