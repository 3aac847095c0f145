using System.Buffers;
using System.Buffers.Binary;

namespace LdapSync.Ldap.Connections;

/// <summary>Signs or seals messages for a <see cref="SaslStream"/>.</summary>
internal interface ISecurityLayer : IDisposable
{
    /// <summary>The longest piece that may be wrapped at a time, in octets.</summary>
    int MaxPiece { get; }

    void Wrap(ReadOnlySpan<byte> message, IBufferWriter<byte> output);

    /// <exception cref="InvalidDataException">The octets are not what the server wrapped.</exception>
    void Unwrap(ReadOnlySpan<byte> wrapped, IBufferWriter<byte> output);
}

/// <summary>A SASL security layer (RFC 4422, section 3.7): each buffer is a four-octet length and a wrapped piece of the octets that are meant.</summary>
internal sealed class SaslStream(Stream inner, ISecurityLayer layer) : Stream
{
    private const int HeaderLength = 4;

    // Servers agree to at most what we offer; this bounds what one may make us hold.
    internal const int MaxWrapped = 0x00ffffff;

    private readonly Lock contextLock = new();
    private readonly byte[] header = new byte[HeaderLength];
    private readonly ArrayBufferWriter<byte> unwrapped = new();
    private readonly ArrayBufferWriter<byte> outgoing = new();
    private readonly ArrayBufferWriter<byte> piece = new();
    private byte[] wrapped = new byte[64 * 1024];
    private int taken;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (taken == unwrapped.WrittenCount)
        {
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                return 0;
            }
        }

        var count = Math.Min(buffer.Length, unwrapped.WrittenCount - taken);
        unwrapped.WrittenMemory.Slice(taken, count).CopyTo(buffer);
        taken += count;
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        outgoing.ResetWrittenCount();
        for (var rest = buffer; !rest.IsEmpty;)
        {
            var next = rest[..Math.Min(rest.Length, layer.MaxPiece)];
            rest = rest[next.Length..];
            piece.ResetWrittenCount();
            lock (contextLock)
            {
                layer.Wrap(next.Span, piece);
            }

            BinaryPrimitives.WriteInt32BigEndian(outgoing.GetSpan(HeaderLength), piece.WrittenCount);
            outgoing.Advance(HeaderLength);
            outgoing.Write(piece.WrittenSpan);
        }

        await inner.WriteAsync(outgoing.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        layer.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        var got = await inner.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (got == 0)
        {
            return false;
        }

        var length = got == HeaderLength ? BinaryPrimitives.ReadUInt32BigEndian(header) : throw new EndOfStreamException("the server closed the connection");
        if (length > MaxWrapped)
        {
            throw new InvalidDataException($"A signed or sealed message of {length} octets is longer than was agreed.");
        }

        if (wrapped.Length < length)
        {
            wrapped = new byte[length];
        }

        await inner.ReadExactlyAsync(wrapped.AsMemory(0, (int)length), cancellationToken).ConfigureAwait(false);
        unwrapped.ResetWrittenCount();
        taken = 0;
        lock (contextLock)
        {
            layer.Unwrap(wrapped.AsSpan(0, (int)length), unwrapped);
        }

        return true;
    }
}
