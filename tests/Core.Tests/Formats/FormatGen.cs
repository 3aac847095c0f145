using CsCheck;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;

namespace LdapSync.Core.Tests.Formats;

internal static class FormatGen
{
    /// <summary>Text that can be written as UTF-8: no lone surrogates, which no directory sends.</summary>
    public static Gen<string> Text { get; } = Gen.OneOf(Gen.String[Gen.Char["aÄ€\0 \"\\<"], 0, 9], Gen.OneOf("", "\ud83d\ude00", new string('ü', 700)));

    public static Gen<string?> Optional { get; } = Gen.OneOf(Gen.Const(default(string)), Text.Select(text => (string?)text));

    /// <summary>Octets of which many are small or continue a number, so that reading gets somewhere.</summary>
    public static Gen<byte[]> Octets { get; } = Gen.OneOf(Gen.Byte, Gen.Byte[0, 9], Gen.OneOf<byte>(0x80, 0xFF, 0x7F)).Array[0, 60];

    public static Gen<MappedUser> User { get; } = Gen.Select(
        Text.Array[4], Gen.Long[0, DateTime.MaxValue.Ticks], Optional.Array[4], Gen.Bool, (required, ticks, optional, enabled) => new MappedUser(
            required[0], required[1], required[2], required[3], new DateTimeOffset(ticks, TimeSpan.Zero), optional[0], optional[1], optional[2], optional[3], enabled));

    /// <summary>With roles among the first three.</summary>
    public static Gen<LinkedUser> Linked { get; } = Gen.Select(
        Text, Text, Gen.Select(Gen.ULong, Gen.ULong), Gen.Bool.Array[4], Gen.Int[0, 7], Gen.Int[0, 7], (ldapId, userId, fingerprint, flags, roles, manual) => new LinkedUser(
            ldapId, userId, new UInt128(fingerprint.Item1, fingerprint.Item2), flags[0], flags[1], flags[2], flags[3], Indexes(roles), Indexes(roles & manual)));

    private static List<int> Indexes(int bits) => [.. Enumerable.Range(0, 3).Where(index => ((bits >> index) & 1) != 0)];
}
