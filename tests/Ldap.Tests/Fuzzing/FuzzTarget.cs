using System.Buffers;
using System.Formats.Asn1;
using System.Text;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Authentication;
using LdapSync.Ldap.Changes;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Tests.Fuzzing;

/// <summary>Gives octets to everything that reads what a server sent. Only the errors for malformed octets may come out.</summary>
internal static class FuzzTarget
{
    private const int MaxMessage = 1 << 20;

    /// <summary>Longer than any of these may take on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The decoders, and on request the whole client.</summary>
    public static async Task ExecuteAsync(ReadOnlyMemory<byte> octets, bool throughClient)
    {
        DecodeWithinBounds(octets);
        if (throughClient)
        {
            await ReadAsync(octets).WaitAsync(Patience);
        }
    }

    /// <summary>The decoders, which may allocate in proportion to what came.</summary>
    /// <exception cref="InvalidOperationException">They allocated more.</exception>
    public static void DecodeWithinBounds(ReadOnlyMemory<byte> octets)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Decode(octets);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated >= 50_000 + (400L * octets.Length))
        {
            throw new InvalidOperationException($"{allocated} octets were allocated for {octets.Length}.");
        }
    }

    /// <summary>The decoders, one message after another.</summary>
    public static void Decode(ReadOnlyMemory<byte> octets)
    {
        try
        {
            var rest = new ReadOnlySequence<byte>(octets);
            while (LdapMessage.TryRead(ref rest, MaxMessage, out var message))
            {
                Decode(message);
            }
        }
        catch (AsnContentException)
        {
            // This is how malformed octets are told.
        }

        _ = DigestChallenge.Parse(Encoding.UTF8.GetString(octets.Span[..Math.Min(octets.Length, 200)]));
    }

    /// <summary>The whole client, over a connection on which a server sends these octets whatever it is asked, and hangs up.</summary>
    public static async Task ReadAsync(ReadOnlyMemory<byte> octets)
    {
        var server = new ServerAddress("fuzz.example.test", 389);
        var transport = new LdapTransport(server, new OneWayStream(octets), MaxMessage);
        transport.NextId(); // in the transcripts message 1 is the bind
        await using var connection = new LdapConnection(transport, new LdapClientOptions(), TimeSpan.FromSeconds(30), TimeProvider.System);
        var search = new LdapSearch(connection, new SearchRequest("DC=example,DC=test", SearchScope.Subtree, "(objectClass=*)", []));
        try
        {
            await foreach (var entry in search)
            {
                _ = entry.DistinguishedName.Length;
            }

            _ = search.Proof;
        }
        catch (DirectoryException)
        {
            // Named and typed.
        }
    }

    private static void Decode(LdapMessage message)
    {
        foreach (var read in (Action<LdapMessage>[])[Entry, Result, Controls, Info, Changes])
        {
            try
            {
                read(message);
            }
            catch (AsnContentException)
            {
                // The next decoder may like it better.
            }
        }
    }

    private static void Entry(LdapMessage message)
    {
        foreach (var attribute in new EntryReader().Read(message).Attributes)
        {
            RangedAttributes.TryParse(attribute.Name, out _, out _);
        }
    }

    private static void Result(LdapMessage message) => LdapResult.Read(message);

    private static void Controls(LdapMessage message) => PagedResults.ReadCookie(message.ReadControls());

    private static void Info(LdapMessage message) => SyncInfo.Read(message);

    private static void Changes(LdapMessage message) => DirSyncControl.ReadAnswer(message);

    /// <summary>Reads what it was given, and swallows what is written.</summary>
    private sealed class OneWayStream(ReadOnlyMemory<byte> octets) : Stream
    {
        private int position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(Math.Min(buffer.Length, octets.Length - position), 1 + (position % 97));
            octets.Slice(position, count).CopyTo(buffer);
            position += count;
            return new ValueTask<int>(count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
