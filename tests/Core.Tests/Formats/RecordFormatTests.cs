using CsCheck;
using LdapSync.Core.Formats;
using Xunit;

namespace LdapSync.Core.Tests.Formats;

public sealed class RecordFormatTests
{
    private static readonly Gen<string> Text = FormatGen.Text;

    [Theory]
    [InlineData(0UL, "00")]
    [InlineData(127UL, "7F")]
    [InlineData(128UL, "8001")]
    [InlineData(300UL, "AC02")]
    [InlineData(ulong.MaxValue, "FFFFFFFFFFFFFFFFFF01")]
    public void WriteUInt_KnownNumber_IsLittleEndianBase128(ulong value, string hex)
    {
        var writer = new RecordWriter();
        writer.WriteUInt(value);

        Assert.Equal(hex, Convert.ToHexString(writer.Written));
        Assert.Equal(value, new RecordReader(writer.Written).ReadUInt());
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame() => Gen.Select(
        Gen.ULong, Gen.Int[0, int.MaxValue], Gen.Long, Gen.Select(Gen.ULong, Gen.ULong, (high, low) => new UInt128(high, low)), Text, FormatGen.Optional, Gen.Int[0, 300].Array[0, 9])
        .Sample((number, count, signed, wide, text, optional, indexes) =>
        {
            var writer = new RecordWriter();
            writer.WriteUInt(number);
            writer.WriteCount(count);
            writer.WriteInt64(signed);
            writer.WriteUInt128(wide);
            writer.WriteText(text);
            writer.WriteOptionalText(optional);
            writer.WriteIndexes(indexes);

            var reader = new RecordReader(writer.Written);
            Assert.Equal((number, count, signed, wide), (reader.ReadUInt(), reader.ReadCount(), reader.ReadInt64(), reader.ReadUInt128()));
            Assert.Equal((text, optional), (reader.ReadText(), reader.ReadOptionalText()));
            Assert.False(reader.AtEnd);
            Assert.Equal(indexes, reader.ReadIndexes());
            Assert.True(reader.AtEnd);
        });

    [Fact]
    public void Clear_WriterUsedAgain_StartsAnew()
    {
        var writer = new RecordWriter();
        writer.WriteText(new string('x', 5000));
        writer.Clear();
        writer.WriteText("y");

        Assert.Equal("0279", Convert.ToHexString(writer.WrittenMemory.Span));
    }

    [Fact]
    public void Read_RandomOctets_ThrowsOnlyWhatIsDocumented() => Gen.Select(FormatGen.Octets, Gen.Int[0, 6].Array[1, 8]).Sample((octets, kinds) =>
        Assert.True(ThrowsAsDocumented(() =>
        {
            var reader = new RecordReader(octets);
            foreach (var kind in kinds)
            {
                Read(ref reader, kind);
            }
        })));

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01")]
    public void ReadUInt_EndsTooEarlyOrTooLate_IsInvalidData(string hex) =>
        Assert.Throws<InvalidDataException>(() => new RecordReader(Convert.FromHexString(hex)).ReadUInt());

    [Theory]
    [InlineData("00")]
    [InlineData("05616263")]
    [InlineData("FFFFFFFF07")]
    public void ReadText_NullOrLongerThanTheRecord_IsInvalidData(string hex) =>
        Assert.Throws<InvalidDataException>(() => new RecordReader(Convert.FromHexString(hex)).ReadText());

    [Fact]
    public void ReadIndexes_CountBeyondTheRecord_AllocatesNothing() =>
        Assert.Throws<InvalidDataException>(() => new RecordReader(Convert.FromHexString("FFFFFFFF0701")).ReadIndexes());

    internal static bool ThrowsAsDocumented(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception damaged) when (damaged is InvalidDataException or OverflowException)
        {
            return true;
        }
    }

    private static void Read(ref RecordReader reader, int kind)
    {
        switch (kind)
        {
            case 0: reader.ReadUInt(); break;
            case 1: reader.ReadCount(); break;
            case 2: reader.ReadInt64(); break;
            case 3: reader.ReadUInt128(); break;
            case 4: reader.ReadText(); break;
            case 5: reader.ReadOptionalText(); break;
            default: reader.ReadIndexes(); break;
        }
    }
}
