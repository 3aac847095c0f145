using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace LdapSync.Storage.Staging;

/// <summary>Where a section is in its segment.</summary>
/// <param name="Name">Of the section.</param>
/// <param name="Offset">From the beginning of the blob, in bytes.</param>
/// <param name="Length">Compressed, in bytes.</param>
/// <param name="Size">Uncompressed, in bytes.</param>
/// <param name="Records">How many.</param>
internal sealed record SectionEntry(string Name, long Offset, int Length, int Size, int Records);

/// <summary>
/// A segment blob: 16 bytes of header (<c>LSSG</c>, version, then the index's compressed and uncompressed length, all little-endian), the
/// compressed index, then the sections in order of name, each compressed for itself (zlib), so that a reader fetches only what it wants. The index: the number of
/// sections, then for each its name, length, size and number of records. A section: its records, each after its length. Numbers are
/// base-128, lowest bits first.
/// </summary>
internal static class SegmentFormat
{
    public const int HeaderLength = 16;
    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "LSSG"u8;

    public static string BlobName(string folder, string name, int segment) =>
        string.Create(CultureInfo.InvariantCulture, $"{folder.Trim('/')}/{name}-{segment:d5}.seg");

    /// <param name="sections">In order of name; the content of each in pieces.</param>
    public static byte[] Build(IReadOnlyList<(string Name, IReadOnlyList<ReadOnlyMemory<byte>> Content, int Records)> sections)
    {
        using var body = new MemoryStream();
        var index = new ArrayBufferWriter<byte>();
        Number(index, (uint)sections.Count);
        foreach (var (name, content, records) in sections)
        {
            var before = body.Length;
            Compress(content, body);
            Record(index, Encoding.UTF8.GetBytes(name));
            Number(index, (uint)(body.Length - before));
            Number(index, (uint)content.Sum(piece => piece.Length));
            Number(index, (uint)records);
        }

        var packed = Compress(index.WrittenSpan);
        var segment = new byte[HeaderLength + packed.Length + (int)body.Length];
        Magic.CopyTo(segment);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(4), Version);
        BinaryPrimitives.WriteInt32LittleEndian(segment.AsSpan(8), packed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(segment.AsSpan(12), index.WrittenCount);
        packed.CopyTo(segment, HeaderLength);
        body.GetBuffer().AsSpan(0, (int)body.Length).CopyTo(segment.AsSpan(HeaderLength + packed.Length));
        return segment;
    }

    /// <summary>How many bytes the header and the index take together.</summary>
    /// <exception cref="InvalidDataException">Not a segment of this version.</exception>
    public static int IndexEnd(ReadOnlySpan<byte> start)
    {
        if (start.Length < HeaderLength || !start.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(start[4..]) != Version)
        {
            throw new InvalidDataException("A staged segment is not in the format of this version: run the synchronization again.");
        }

        return HeaderLength + BinaryPrimitives.ReadInt32LittleEndian(start[8..]);
    }

    public static IReadOnlyList<SectionEntry> ReadIndex(ReadOnlySpan<byte> start)
    {
        var end = IndexEnd(start);
        ReadOnlyMemory<byte> index = Decompress(start[HeaderLength..end], BinaryPrimitives.ReadInt32LittleEndian(start[12..]));
        var entries = new SectionEntry[Number(ref index)];
        long offset = end;
        for (var i = 0; i < entries.Length; i++)
        {
            var name = Encoding.UTF8.GetString(Record(ref index).Span);
            entries[i] = new SectionEntry(name, offset, Number(ref index), Number(ref index), Number(ref index));
            offset += entries[i].Length;
        }

        return entries;
    }

    public static byte[] Compress(ReadOnlySpan<byte> content)
    {
        using var memory = new MemoryStream(64 + (content.Length / 3));
        using (var zlib = new ZLibStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(content);
        }

        return memory.ToArray();
    }

    private static void Compress(IReadOnlyList<ReadOnlyMemory<byte>> content, MemoryStream output)
    {
        using var zlib = new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true);
        foreach (var piece in content)
        {
            zlib.Write(piece.Span);
        }
    }

    public static byte[] Decompress(ReadOnlySpan<byte> compressed, int size)
    {
        var content = new byte[size];
        var rented = ArrayPool<byte>.Shared.Rent(compressed.Length);
        try
        {
            compressed.CopyTo(rented);
            using var zlib = new ZLibStream(new MemoryStream(rented, 0, compressed.Length), CompressionMode.Decompress);
            zlib.ReadExactly(content);
            return zlib.ReadByte() < 0 ? content : throw new InvalidDataException("Compressed content is longer than its index says.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public static void Record(IBufferWriter<byte> section, ReadOnlySpan<byte> record)
    {
        Number(section, (uint)record.Length);
        section.Write(record);
    }

    public static ReadOnlyMemory<byte> Record(ref ReadOnlyMemory<byte> section)
    {
        var length = Number(ref section);
        var record = section[..length];
        section = section[length..];
        return record;
    }

    private static void Number(IBufferWriter<byte> output, uint value)
    {
        var span = output.GetSpan(5);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        output.Advance(length);
    }

    private static int Number(ref ReadOnlyMemory<byte> input)
    {
        var value = 0u;
        var span = input.Span;
        for (var i = 0; i < 5; i++)
        {
            value |= (uint)(span[i] & 0x7F) << (7 * i);
            if (span[i] < 0x80)
            {
                input = input[(i + 1)..];
                return checked((int)value);
            }
        }

        throw new InvalidDataException("A number in a staged segment is too long.");
    }
}
