using System.Buffers;

namespace LdapSync.Storage.Staging;

/// <summary>
/// A growing buffer of pieces that are never moved: a buffer that doubles has every size of itself on the heap of large objects, which is cleaned up last.
/// The pieces are pooled. Not for several threads at once.
/// </summary>
internal sealed class PieceBuffer : IBufferWriter<byte>
{
    private const int FirstPiece = 2 * 1024;
    private const int LargestPiece = 32 * 1024;

    private readonly List<(byte[] Bytes, int Length)> full = [];
    private byte[] current = [];
    private int written;

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, current.Length - written);
        written += count;
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(1, sizeHint));
        return current.AsMemory(written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(1, sizeHint));
        return current.AsSpan(written);
    }

    /// <summary>What was written, in order. To be used before anything else is called.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces() => [.. full.Select(piece => new ReadOnlyMemory<byte>(piece.Bytes, 0, piece.Length)), current.AsMemory(0, written)];

    /// <summary>Gives the pieces back.</summary>
    public void Clear()
    {
        full.ForEach(piece => ArrayPool<byte>.Shared.Return(piece.Bytes));
        full.Clear();
        if (current.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(current);
        }

        (current, written, Length) = ([], 0, 0);
    }

    private void MakeRoom(int size)
    {
        if (current.Length - written >= size)
        {
            return;
        }

        if (written > 0)
        {
            full.Add((current, written));
        }
        else if (current.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(current);
        }

        // Small sections are many: the first piece of each is small.
        current = ArrayPool<byte>.Shared.Rent(Math.Max(size, Math.Clamp(2 * current.Length, FirstPiece, LargestPiece)));
        written = 0;
    }
}
