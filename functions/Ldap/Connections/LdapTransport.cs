using System.IO.Pipelines;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Connections;

/// <summary>
/// Messages over a stream. The stream can be replaced between two messages, by TLS or by a SASL security layer. Sending is safe from
/// several threads, receiving is for one at a time.
/// </summary>
internal sealed class LdapTransport(ServerAddress server, Stream stream, int maxMessageLength) : IAsyncDisposable
{
    private readonly SemaphoreSlim sending = new(1);
    private PipeReader reader = Read(stream);
    private int lastId;

    public ServerAddress Server => server;

    public Stream Stream { get; private set; } = stream;

    public int LastId => Volatile.Read(ref lastId);

    public int NextId() => Interlocked.Increment(ref lastId);

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
            await Stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>Receives until the connection ends, giving each message to <paramref name="take"/> and waiting for it.</summary>
    public async Task ReceiveAllAsync(Func<LdapMessage, ValueTask> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var octets = result.Buffer;
            while (LdapMessage.TryRead(ref octets, maxMessageLength, out var message))
            {
                await take(message).ConfigureAwait(false);
            }

            reader.AdvanceTo(octets.Start, octets.End);
            if (result.IsCompleted)
            {
                throw new EndOfStreamException(octets.IsEmpty
                    ? "the server closed the connection"
                    : "the server closed the connection in the middle of a message");
            }
        }
    }

    /// <summary>Sends a request and receives its answer, while nothing else is under way on the connection.</summary>
    public async Task<LdapMessage> ExchangeAsync(int id, byte[] request, LdapOperation expected, string operation, CancellationToken cancellationToken)
    {
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
        var answer = await ReceiveAsync(operation, id, cancellationToken).ConfigureAwait(false);
        return answer.Operation == expected
            ? answer
            : throw Failures.Protocol(server, operation, $"the answer to message {id} is a {answer.Operation}.");
    }

    /// <summary>Receives the next message, which answers message <paramref name="id"/>.</summary>
    public async Task<LdapMessage> ReceiveAsync(string operation, int id, CancellationToken cancellationToken)
    {
        var answer = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (answer.Id == 0)
        {
            throw Disconnected(answer, operation);
        }

        return answer.Id == id ? answer : throw Failures.Protocol(server, operation, $"the answer to message {id} has id {answer.Id}.");
    }

    /// <summary>The failure that an unsolicited notification announces (RFC 4511, section 4.4).</summary>
    public DirectoryException Disconnected(LdapMessage notice, string operation)
    {
        if (notice.Operation != LdapOperation.ExtendedResponse)
        {
            return Failures.Protocol(server, operation, $"a {notice.Operation} has message id 0.");
        }

        var result = LdapResult.Read(notice);
        return Failures.Lost(
            server, operation, $"the server said good-bye with result {result.Code} ({ResultCodes.Name(result.Code)}). {result.Diagnostic}".TrimEnd());
    }

    /// <summary>Goes on over another stream, which wraps the present one.</summary>
    /// <exception cref="DirectoryException">As <see cref="RefuseEarlyOctets"/>.</exception>
    public void Replace(Func<Stream, Stream> wrap, string operation)
    {
        RefuseEarlyOctets(operation);
        Stream = wrap(Stream);
        reader = Read(Stream);
    }

    /// <summary>Nothing that came in clear behind an answer may be taken for a part of what is protected (command injection).</summary>
    /// <exception cref="DirectoryException">The server sent something before the new layer was there.</exception>
    public void RefuseEarlyOctets(string operation)
    {
        if (reader.TryRead(out var early))
        {
            reader.AdvanceTo(early.Buffer.Start);
            if (!early.Buffer.IsEmpty)
            {
                throw Failures.Protocol(server, operation, "octets arrived before the protected layer was agreed.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        sending.Dispose();
    }

    private static PipeReader Read(Stream stream) =>
        PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, minimumReadSize: 8 * 1024, leaveOpen: true));

    private async Task<LdapMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var octets = result.Buffer;
            if (LdapMessage.TryRead(ref octets, maxMessageLength, out var message))
            {
                reader.AdvanceTo(octets.Start);
                return message;
            }

            reader.AdvanceTo(octets.Start, octets.End);
            if (result.IsCompleted)
            {
                throw new EndOfStreamException("the server closed the connection");
            }
        }
    }
}
