using System.Buffers.Binary;
using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LdapSync.Core.Records;
using LdapSync.Storage.Connections;
using LdapSync.Storage.Staging;

namespace LdapSync.Storage.State;

/// <summary>The state of one bucket as it is stored.</summary>
/// <param name="Content">Uncompressed. Empty: it was invalidated; rebuild it from the records and write it with this <paramref name="ETag"/>.</param>
/// <param name="ETag">For <see cref="SyncStateStore.WriteAsync"/>.</param>
public sealed record StoredState(byte[] Content, string ETag)
{
    /// <summary>The records were changed beside the synchronization: there is no content to rely on.</summary>
    public bool IsStale => Content.Length == 0;
}

/// <summary>
/// What the synchronization remembers of each directory and bucket: a cache of the records, one compressed blob each. An invalidated state leaves an
/// empty blob behind rather than nothing: whoever is rebuilding it from older records at that moment fails to write it.
/// </summary>
public sealed class SyncStateStore
{
    private const int LengthBytes = 4;

    private readonly BlobContainerClient container;

    internal SyncStateStore(StorageClients clients) => container = clients.Container(StorageNames.StateContainer);

    /// <summary>Null: there never was one. Check <see cref="StoredState.IsStale"/> otherwise.</summary>
    public async Task<StoredState?> ReadAsync(string directoryId, int bucket, CancellationToken cancellationToken = default)
    {
        try
        {
            var answer = await Blob(directoryId, bucket).DownloadContentAsync(cancellationToken);
            return new StoredState(Unpack(answer.Value.Content.ToMemory().Span), answer.Value.Details.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <param name="directoryId">Of the directory.</param>
    /// <param name="bucket">0 to 255.</param>
    /// <param name="content">Uncompressed, not empty.</param>
    /// <param name="ifMatch">The ETag that was read; null: there must be no state yet.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when the state was written or invalidated meanwhile: nothing is written then.</returns>
    public async Task<bool> WriteAsync(
        string directoryId, int bucket, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken = default)
    {
        if (content.IsEmpty)
        {
            throw new ArgumentException("An empty state means an invalidated one: use InvalidateAsync.", nameof(content));
        }

        var packed = Pack(content.Span);
        var condition = ifMatch is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = new ETag(ifMatch) };
        var blob = Blob(directoryId, bucket);
        try
        {
            await blob.UploadAsync(BinaryData.FromBytes(packed), new BlobUploadOptions { Conditions = condition }, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412 || e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            // The answer to an earlier attempt may have been lost: then the state is there as it should be.
            return await ReadAsync(directoryId, bucket, cancellationToken) is { } stored && content.Span.SequenceEqual(stored.Content);
        }
    }

    /// <summary>
    /// Marks the state as not to be relied on. To be called after a record was changed by hand, and before as well where a crash in between
    /// must not be missed.
    /// </summary>
    public Task InvalidateAsync(string directoryId, int bucket, CancellationToken cancellationToken = default) =>
        Blob(directoryId, bucket).UploadAsync(BinaryData.FromBytes(Array.Empty<byte>()), overwrite: true, cancellationToken);

    /// <summary>Like <see cref="InvalidateAsync"/>, by the run that is about to change the records.</summary>
    /// <param name="directoryId">Of the directory.</param>
    /// <param name="bucket">0 to 255.</param>
    /// <param name="planned">The ETag of the state that the run planned from; null: there was none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The ETag of the mark; null when the state was not the planned one any more (it is marked all the same).</returns>
    public async Task<string?> InvalidatePlannedAsync(string directoryId, int bucket, string? planned, CancellationToken cancellationToken = default)
    {
        var condition = planned is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = new ETag(planned) };
        try
        {
            var answer = await Blob(directoryId, bucket).UploadAsync(
                BinaryData.FromBytes(Array.Empty<byte>()), new BlobUploadOptions { Conditions = condition }, cancellationToken);
            return answer.Value.ETag.ToString();
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412 || e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            await InvalidateAsync(directoryId, bucket, cancellationToken);
            return null;
        }
    }

    /// <summary><see cref="InvalidateAsync"/> for every bucket of the directory.</summary>
    public Task InvalidateAllAsync(string directoryId, CancellationToken cancellationToken = default) => Parallel.ForEachAsync(
        Enumerable.Range(0, Buckets.Count),
        new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
        async (bucket, token) => await InvalidateAsync(directoryId, bucket, token));

    /// <summary>Whether every bucket has a state to rely on; one call, whatever the directory's size.</summary>
    public async Task<bool> AreAllFreshAsync(string directoryId, CancellationToken cancellationToken = default)
    {
        var fresh = 0;
        await foreach (var blob in container.GetBlobsAsync(new() { Prefix = $"{directoryId}/" }, cancellationToken))
        {
            fresh += blob.Name.Length == directoryId.Length + 3 && blob.Properties.ContentLength > 0 ? 1 : 0;
        }

        return fresh == Buckets.Count;
    }

    /// <summary>Removes all that is kept of a directory that is no more.</summary>
    public Task DeleteAllAsync(string directoryId, CancellationToken cancellationToken = default) => Parallel.ForEachAsync(
        container.GetBlobsAsync(new() { Prefix = $"{directoryId}/" }, cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
        async (blob, token) => await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: token));

    private BlobClient Blob(string directoryId, int bucket) =>
        container.GetBlobClient(string.Create(CultureInfo.InvariantCulture, $"{directoryId}/{Buckets.Key(bucket)}"));

    private static byte[] Pack(ReadOnlySpan<byte> content)
    {
        var length = new byte[LengthBytes];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        return [.. length, .. SegmentFormat.Compress(content)];
    }

    private static byte[] Unpack(ReadOnlySpan<byte> blob) =>
        blob.IsEmpty ? [] : SegmentFormat.Decompress(blob[LengthBytes..], BinaryPrimitives.ReadInt32LittleEndian(blob));
}
