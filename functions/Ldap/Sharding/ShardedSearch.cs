using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using LdapSync.Core.Entries;
using LdapSync.Core.Reading;

namespace LdapSync.Ldap.Sharding;

/// <summary>
/// One big search, read in shards on several connections, and then once more as a whole for names alone. Shards by themselves prove nothing: an entry may
/// move from one that is still to come to one that has been read, and a server that may not show the attribute to this account finds the entry neither by a
/// condition nor by its opposite (RFC 4511, section 4.5.1.7: Undefined). Whoever the last look finds and no shard had is read by name, so the entries
/// are those of the whole search, each name once, and the proof is that of all of it together (rule G1).
/// </summary>
/// <param name="open">Opens a session; one for each reader, one after the other for the last look.</param>
/// <param name="request">The whole search.</param>
/// <param name="shards">Its parts, as <see cref="Shards"/> cuts them.</param>
/// <param name="readers">Connections that read at the same time, 1 or more; the cap on connections of a directory holds besides.</param>
public sealed class ShardedSearch(
    Func<CancellationToken, Task<IDirectorySession>> open, SearchRequest request, IReadOnlyList<SearchRequest> shards, int readers) : IDirectorySearch
{
    private const int MaxWaiting = 256;

    private readonly HashSet<UInt128> seen = [];
    private CompletenessProof? proof;
    private int started;

    public CompletenessProof Proof =>
        proof ?? throw new InvalidOperationException("A search has its proof when the enumeration has come to its end.");

    public async IAsyncEnumerator<DirectoryEntry> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref started, 1) != 0)
        {
            throw new InvalidOperationException("A search is enumerated once: prepare another one.");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = Channel.CreateBounded<DirectoryEntry>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        var reading = ReadShardsAsync(waiting.Writer, stop);
        var total = CompletenessProof.Nothing;
        try
        {
            await foreach (var entry in waiting.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (seen.Add(KeyOf(entry.DistinguishedName)))
                {
                    yield return entry;
                }
            }

            total = await reading.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var session = await open(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var (missed, look) = await FindMissedAsync(session, cancellationToken).ConfigureAwait(false);
            total = total.And(look);
            foreach (var name in missed)
            {
                var (entry, own) = await ReadAsync(session, name, cancellationToken).ConfigureAwait(false);
                total = total.And(own);
                if (entry is not null && seen.Add(KeyOf(entry.DistinguishedName)))
                {
                    yield return entry;
                }
            }
        }

        proof = total with { Entries = seen.Count };
    }

    /// <summary>A name takes 16 octets here, however long it is.</summary>
    private static UInt128 KeyOf(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private async Task<CompletenessProof> ReadShardsAsync(ChannelWriter<DirectoryEntry> waiting, CancellationTokenSource stop)
    {
        var proofs = new CompletenessProof[shards.Count];
        var next = -1;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Min(Math.Max(1, readers), shards.Count)).Select(_ => ReadSomeAsync())).ConfigureAwait(false);
            waiting.Complete();
            return proofs.Aggregate(CompletenessProof.Nothing, (one, other) => one.And(other));
        }
        catch (Exception exception)
        {
            waiting.TryComplete(exception);
            throw;
        }

        async Task ReadSomeAsync()
        {
            try
            {
                var session = await open(stop.Token).ConfigureAwait(false);
                await using (session.ConfigureAwait(false))
                {
                    while (Interlocked.Increment(ref next) is var index && index < shards.Count)
                    {
                        var search = session.Search(shards[index]);
                        await foreach (var entry in search.WithCancellation(stop.Token).ConfigureAwait(false))
                        {
                            await waiting.WriteAsync(entry, stop.Token).ConfigureAwait(false);
                        }

                        proofs[index] = search.Proof;
                    }
                }
            }
            catch (Exception exception)
            {
                // The first failure is the one to be told; the other readers end because of it.
                waiting.TryComplete(exception);
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task<(List<string> Missed, CompletenessProof Proof)> FindMissedAsync(IDirectorySession session, CancellationToken cancellationToken)
    {
        var missed = new List<string>();
        var look = session.Search(request with { Attributes = ["1.1"] });
        await foreach (var entry in look.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (!seen.Contains(KeyOf(entry.DistinguishedName)))
            {
                missed.Add(entry.DistinguishedName);
            }
        }

        return (missed, look.Proof);
    }

    private async Task<(DirectoryEntry? Entry, CompletenessProof Proof)> ReadAsync(IDirectorySession session, string name, CancellationToken cancellationToken)
    {
        DirectoryEntry? found = null;
        var search = session.Search(request with { SearchBase = name, Scope = SearchScope.Base, PageSize = 0 });
        try
        {
            await foreach (var entry in search.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                found = entry;
            }
        }
        catch (DirectoryException gone) when (gone.Failure == DirectoryFailure.NoSuchObject)
        {
            // Deleted, or renamed since the last look: he may be there by another name.
            return (null, CompletenessProof.Nothing with { RangesFinished = false, Message = "an entry was renamed or deleted while it was read" });
        }

        return (found, search.Proof);
    }
}
