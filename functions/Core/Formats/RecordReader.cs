using System.Buffers.Binary;
using System.Text;

namespace LdapSync.Core.Formats;

/// <summary>Reads what <see cref="RecordWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">The record ends too early or holds an impossible length.</exception>
public ref struct RecordReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> rest = record;

    public readonly bool AtEnd => rest.IsEmpty;

    public ulong ReadUInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var octet = Take(1)[0];
            value |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number in a stored record is too long.");
    }

    public int ReadCount() => checked((int)ReadUInt());

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public UInt128 ReadUInt128() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    public string ReadText() => ReadOptionalText() ?? throw new InvalidDataException("A stored record lacks a text.");

    public string? ReadOptionalText()
    {
        var length = ReadUInt();
        return length == 0 ? null : Encoding.UTF8.GetString(Take(checked((int)(length - 1))));
    }

    public IReadOnlyList<int> ReadIndexes()
    {
        var count = ReadCount();
        if (count == 0)
        {
            return [];
        }

        // Each index takes an octet at least.
        if (count > rest.Length)
        {
            throw new InvalidDataException("A list in a stored record is longer than the record.");
        }

        var indexes = new int[count];
        for (var i = 0; i < count; i++)
        {
            indexes[i] = ReadCount();
        }

        return indexes;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length)
        {
            throw new InvalidDataException("A stored record ends too early.");
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
