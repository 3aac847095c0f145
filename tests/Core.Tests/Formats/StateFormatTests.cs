using CsCheck;
using LdapSync.Core.Formats;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using Xunit;

namespace LdapSync.Core.Tests.Formats;

public sealed class StateFormatTests
{
    private static readonly LinkedRole[] Roles = [new("r0", "g0", "R0", "cn=r0", true), new("r1", "g1", "R1", "cn=r1", true)];

    private static readonly Gen<LinkedUser> Users = Gen.Select(Gen.String, Gen.String, Gen.ULong, Gen.ULong, Gen.Int[0, 15]).Select((id, user, high, low, flags) =>
        new LinkedUser(id, user, new UInt128(high, low), (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0, flags > 7 ? [0, 1] : [], []));

    [Fact]
    public void State_WrittenAndRead_IsTheSame() => Users.List[0, 20].Sample(users =>
    {
        var read = StateFormat.Read(StateFormat.Write(Roles, users), Roles)!;
        Assert.Equal(users.Select(Line), read.Select(Line));
    });

    [Fact]
    public void State_OfAnotherLink_IsNone()
    {
        var state = StateFormat.Write(Roles, []);
        Assert.NotNull(StateFormat.Read(state, Roles));
        Assert.Null(StateFormat.Read(state, [Roles[0]]));
        Assert.Null(StateFormat.Read(state, [Roles[0], Roles[1] with { LinkedAt = DateTimeOffset.UnixEpoch.AddDays(1) }]));
    }

    [Fact]
    public void State_Damaged_IsReadOrIsNoneButNeverAnError() => Gen.Select(Users.List[0, 5], Gen.Int, Gen.Byte).Sample((users, at, octet) =>
    {
        var state = StateFormat.Write(Roles, users);
        state[(int)((uint)at % (uint)state.Length)] = octet;
        _ = StateFormat.Read(state, Roles);
        _ = StateFormat.Read(state.AsSpan(0, (int)((uint)at % (uint)state.Length)), Roles);
    });

    [Fact]
    public void User_WrittenAndRead_IsTheSame() => Gen.Select(Gen.String, Gen.String.Null(), Gen.Bool).Sample((text, optional, enabled) =>
    {
        var user = new MappedUser(text, text, text, text, DateTimeOffset.UnixEpoch.AddTicks(7), optional, text, optional, text, enabled);
        var writer = new RecordWriter();
        StagedRecords.WriteUser(writer, user);
        Assert.Equal(user, StagedRecords.ReadUser(writer.Written));
    });

    private static string Line(LinkedUser user) => $"{user with { Roles = [], Manual = [] }} {string.Join(',', user.Roles)} {string.Join(',', user.Manual)}";
}
