using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace LdapSync.Storage.Staging;

/// <summary>Reads indexes and sections of segments by ranges. Segments never change, so their indexes are remembered.</summary>
internal sealed class SegmentReader(BlobContainerClient container)
{
    // Enough for the header and the index of some hundred sections; a longer index takes one more request.
    private const int FirstRead = 8 * 1024;
    private const int LongestRange = 8 * 1024 * 1024;
    private const int Remembered = 4096;

    private readonly ConcurrentDictionary<string, IReadOnlyList<SectionEntry>> indexes = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<SectionEntry>> IndexAsync(string blobName, CancellationToken cancellationToken)
    {
        if (indexes.TryGetValue(blobName, out var known))
        {
            return known;
        }

        var start = await DownloadAsync(blobName, 0, FirstRead, cancellationToken);
        var end = SegmentFormat.IndexEnd(start.Span);
        if (end > start.Length)
        {
            var rest = await DownloadAsync(blobName, start.Length, end - start.Length, cancellationToken);
            start = (byte[])[.. start.Span, .. rest.Span];
        }

        var index = SegmentFormat.ReadIndex(start.Span);
        if (indexes.Count >= Remembered)
        {
            indexes.Clear();
        }

        return indexes[blobName] = index;
    }

    /// <summary>The uncompressed content of the wanted sections, in order of name; neighbours in one request.</summary>
    public async IAsyncEnumerable<(SectionEntry Section, ReadOnlyMemory<byte> Content)> SectionsAsync(
        string blobName,
        Predicate<string> wanted,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entries = (await IndexAsync(blobName, cancellationToken)).Where(entry => wanted(entry.Name)).ToList();
        for (var first = 0; first < entries.Count;)
        {
            var (last, length) = (first, entries[first].Length);
            while (last + 1 < entries.Count
                && entries[last + 1].Offset == entries[first].Offset + length
                && length + entries[last + 1].Length <= LongestRange)
            {
                length += entries[++last].Length;
            }

            var range = await DownloadAsync(blobName, entries[first].Offset, length, cancellationToken);
            for (; first <= last; first++)
            {
                var start = (int)(entries[first].Offset - entries[last].Offset) + length - entries[last].Length;
                yield return (entries[first], SegmentFormat.Decompress(range.Span.Slice(start, entries[first].Length), entries[first].Size));
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> DownloadAsync(string blobName, long offset, int length, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(offset, length) };
            return (await container.GetBlobClient(blobName).DownloadContentAsync(options, cancellationToken)).Value.Content.ToMemory();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new InvalidDataException($"The staged segment {blobName} is gone: its run has ended.", e);
        }
    }
}
