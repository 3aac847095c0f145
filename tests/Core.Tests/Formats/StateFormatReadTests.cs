using CsCheck;
using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using Xunit;

namespace LdapSync.Core.Tests.Formats;

public sealed class StateFormatReadTests
{
    private static readonly IReadOnlyList<LinkedRole> Roles =
        [.. Enumerable.Range(0, 3).Select(role => new LinkedRole($"role-{role}", $"group-{role}", $"Group {role}", "", Found: true, DateTimeOffset.UnixEpoch))];

    [Fact]
    public void Read_WhatWasWritten_IsTheSame() => FormatGen.Linked.List[0, 6].Sample(users =>
        Assert.Equivalent(users, StateFormat.Read(StateFormat.Write(Roles, users), Roles), strict: true));

    [Fact]
    [Trait("Rule", "R2")]
    public void Read_GroupRenamedOrNotFound_IsStillTheState() =>
        Assert.NotNull(StateFormat.Read(StateFormat.Write(Roles, []), [.. Roles.Select(role => role with { GroupName = "Other", GroupDistinguishedName = "x", Found = false })]));

    [Theory]
    [InlineData("fewer")]
    [InlineData("more")]
    [InlineData("other order")]
    [InlineData("other group")]
    [InlineData("linked again")]
    [Trait("Rule", "R1")]
    public void Read_OtherLinks_IsNoState(string how)
    {
        IReadOnlyList<LinkedRole> other = how switch
        {
            "fewer" => [.. Roles.Take(2)],
            "more" => [.. Roles, Roles[0] with { RoleId = "role-3" }],
            "other order" => [.. Roles.Reverse()],
            "other group" => [Roles[0] with { GroupId = "another" }, .. Roles.Skip(1)],
            _ => [Roles[0] with { LinkedAt = DateTimeOffset.UnixEpoch.AddTicks(1) }, .. Roles.Skip(1)],
        };

        Assert.Null(StateFormat.Read(StateFormat.Write(Roles, []), other));
    }

    [Fact]
    public void Read_EmptyOrOtherVersion_IsNoState()
    {
        var octets = StateFormat.Write(Roles, []);
        octets[0]++;

        Assert.Null(StateFormat.Read(octets, Roles));
        Assert.Null(StateFormat.Read([], Roles));
    }

    [Fact]
    public void Read_RandomOctets_IsNoStateOrOneThatFitsTheRoles() => FormatGen.Octets.Sample(octets => CheckFits(StateFormat.Read(octets, Roles)));

    [Fact]
    public void Read_RandomOctetsBehindTheLinks_IsNoStateOrOneThatFitsTheRoles()
    {
        var head = StateFormat.Write(Roles, []).AsSpan(..^1).ToArray();
        FormatGen.Octets.Sample(octets => CheckFits(StateFormat.Read([.. head, .. octets], Roles)), iter: 2000);
    }

    [Fact]
    public void Read_DamagedState_IsNoStateOrOneThatFitsTheRoles() => Gen.Select(FormatGen.Linked.List[1, 4], Gen.Int[0, 100_000], Gen.Byte).Sample(
        (users, at, octet) =>
        {
            var octets = StateFormat.Write(Roles, users);
            octets[at % octets.Length] = octet;
            CheckFits(StateFormat.Read(octets, Roles));
        },
        iter: 2000);

    [Fact]
    public void Read_CutOrLengthenedState_IsNoState() => Gen.Select(FormatGen.Linked.List[0, 4], Gen.Int[0, 100_000]).Sample((users, at) =>
    {
        var octets = StateFormat.Write(Roles, users);

        Assert.Null(StateFormat.Read(octets.AsSpan(0, at % octets.Length), Roles));
        Assert.Null(StateFormat.Read([.. octets, 0], Roles));
    });

    [Theory]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void Read_RoleThatIsNotLinked_IsNoState(int role)
    {
        var user = new LinkedUser("id", "user", 1, true, true, false, false, [role], []);

        Assert.Null(StateFormat.Read(StateFormat.Write(Roles, [user]), Roles));
        Assert.Null(StateFormat.Read(StateFormat.Write(Roles, [user with { Roles = [], Manual = [role] }]), Roles));
    }

    private static void CheckFits(List<LinkedUser>? users) =>
        Assert.All(users ?? [], user => Assert.All(user.Roles.Concat(user.Manual), role => Assert.InRange(role, 0, Roles.Count - 1)));
}
