using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace LdapSync.Core.Formats;

/// <summary>Writes the compact records that staging and sync state are made of: variable-length integers, and UTF-8 text behind its length.</summary>
public sealed class RecordWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    public ReadOnlyMemory<byte> WrittenMemory => buffer.WrittenMemory;

    public void Clear() => buffer.ResetWrittenCount();

    public void WriteUInt(ulong value)
    {
        var span = buffer.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        buffer.Advance(length);
    }

    public void WriteCount(int value) => WriteUInt((ulong)value);

    public void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    public void WriteUInt128(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(buffer.GetSpan(16), value);
        buffer.Advance(16);
    }

    public void WriteText(string text) => WriteOptionalText(text);

    /// <summary>Length plus one, then the octets; zero for null.</summary>
    public void WriteOptionalText(string? text)
    {
        if (text is null)
        {
            WriteUInt(0);
            return;
        }

        var count = Encoding.UTF8.GetByteCount(text);
        WriteUInt((ulong)count + 1);
        Encoding.UTF8.GetBytes(text, buffer.GetSpan(Math.Max(count, 1)));
        buffer.Advance(count);
    }

    public void WriteIndexes(IReadOnlyList<int> indexes)
    {
        WriteCount(indexes.Count);
        foreach (var index in indexes)
        {
            WriteCount(index);
        }
    }
}
