using CsCheck;
using LdapSync.Core.Formats;
using Xunit;

namespace LdapSync.Core.Tests.Formats;

public sealed class StagedRecordsTests
{
    [Fact]
    public void ReadUser_WhatWasWritten_IsTheSame() => FormatGen.User.Sample(user =>
    {
        var writer = new RecordWriter();
        StagedRecords.WriteUser(writer, user);

        Assert.Equal(user, StagedRecords.ReadUser(writer.Written));
    });

    [Fact]
    public void ReadPresenceAndMembership_WhatWasWritten_AreTheSame() => Gen.Select(FormatGen.Text, Gen.Bool, Gen.Int[0, 100_000]).Sample((ldapId, enabled, role) =>
    {
        var (presence, membership) = (new RecordWriter(), new RecordWriter());
        StagedRecords.WritePresence(presence, ldapId, enabled);
        StagedRecords.WriteMembership(membership, ldapId, role);

        Assert.Equal((ldapId, enabled), StagedRecords.ReadPresence(presence.Written));
        Assert.Equal((ldapId, role), StagedRecords.ReadMembership(membership.Written));
    });

    [Fact]
    public void ReadLinkedUser_SeveralInARow_AreTheSame() => FormatGen.Linked.List[0, 5].Sample(users =>
    {
        var writer = new RecordWriter();
        users.ForEach(user => StagedRecords.WriteLinkedUser(writer, user));

        var reader = new RecordReader(writer.Written);
        foreach (var user in users)
        {
            Assert.Equivalent(user, StagedRecords.ReadLinkedUser(ref reader), strict: true);
        }

        Assert.True(reader.AtEnd);
    });

    [Fact]
    public void Read_RandomOctets_ThrowsOnlyWhatIsDocumented() => FormatGen.Octets.Sample(octets => Assert.All<Action>(
        [
            () => StagedRecords.ReadUser(octets),
            () => StagedRecords.ReadPresence(octets),
            () => StagedRecords.ReadMembership(octets),
            () =>
            {
                var reader = new RecordReader(octets);
                StagedRecords.ReadLinkedUser(ref reader);
            },
        ],
        read => Assert.True(RecordFormatTests.ThrowsAsDocumented(read))));

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(3155378976000000000)]
    public void ReadUser_ImpossibleTime_IsInvalidData(long ticks)
    {
        var writer = new RecordWriter();
        for (var text = 0; text < 4; text++)
        {
            writer.WriteText("x");
        }

        writer.WriteInt64(ticks);

        Assert.Throws<InvalidDataException>(() => StagedRecords.ReadUser(writer.Written));
    }

    [Fact]
    public void ReadUser_DamagedRecord_ThrowsOnlyWhatIsDocumented() => Gen.Select(FormatGen.User, Gen.Int[0, 5000], Gen.Byte, Gen.Bool).Sample((user, at, octet, cut) =>
    {
        var writer = new RecordWriter();
        StagedRecords.WriteUser(writer, user);
        var octets = writer.Written.ToArray();
        octets[at % octets.Length] = octet;

        Assert.True(RecordFormatTests.ThrowsAsDocumented(() => StagedRecords.ReadUser(cut ? octets.AsSpan(0, at % octets.Length) : octets)));
    });
}
