using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.Staging;

/// <summary>
/// The shuffle between a run's activities: a writer puts records into named sections, and a reader takes one section, or some, out of what many
/// writers staged, without fetching the rest. All methods throw <see cref="StorageUnavailableException"/> when blob storage is away.
/// </summary>
public sealed class StagingArea
{
    private readonly BlobContainerClient container;
    private readonly SegmentReader reader;

    internal StagingArea(StorageClients clients, string name = StorageNames.StagingContainer)
    {
        container = clients.Container(name);
        reader = new SegmentReader(container);
    }

    /// <param name="folder">E.g. <c>{runId}/users</c>.</param>
    /// <param name="name">Another one for every attempt of an activity: a segment is never written twice with other content.</param>
    /// <param name="flushBytes">A segment is uploaded when so many uncompressed bytes are buffered.</param>
    public SegmentWriter CreateWriter(string folder, string name, int flushBytes = 16 * 1024 * 1024) => new(container, folder, name, flushBytes);

    /// <summary>The records of one section, in the order they were added.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(SegmentSet set, string section, CancellationToken cancellationToken = default) =>
        ReadAsync(set, name => name == section, cancellationToken);

    /// <summary>The records of the wanted sections, segment by segment and in each by section. A record stays valid after the next one is read.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        SegmentSet set, Predicate<string> section, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (_, record) in ReadSectionsAsync(set, section, cancellationToken))
        {
            yield return record;
        }
    }

    /// <summary>Like <see cref="ReadAsync(SegmentSet, Predicate{string}, CancellationToken)"/>, each record with the name of its section.</summary>
    public async IAsyncEnumerable<(string Section, ReadOnlyMemory<byte> Record)> ReadSectionsAsync(
        SegmentSet set, Predicate<string> section, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var segment = 0; segment < set.Count; segment++)
        {
            await foreach (var (entry, content) in reader.SectionsAsync(set.BlobName(segment), section, cancellationToken))
            {
                var rest = content;
                for (var record = 0; record < entry.Records; record++)
                {
                    yield return (entry.Name, SegmentFormat.Record(ref rest));
                }
            }
        }
    }

    /// <summary>The records of one section, from JSON.</summary>
    public IAsyncEnumerable<T> ReadAsync<T>(SegmentSet set, string section, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        ReadAsync(set, name => name == section, type, cancellationToken);

    /// <summary>The records of the wanted sections, from JSON.</summary>
    public async IAsyncEnumerable<T> ReadAsync<T>(
        SegmentSet set, Predicate<string> section, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (_, record) in ReadSectionsAsync(set, section, type, cancellationToken))
        {
            yield return record;
        }
    }

    /// <summary>Like <see cref="ReadAsync{T}(SegmentSet, Predicate{string}, JsonTypeInfo{T}, CancellationToken)"/>, each record with the name of its section.</summary>
    public async IAsyncEnumerable<(string Section, T Record)> ReadSectionsAsync<T>(
        SegmentSet set, Predicate<string> section, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (name, record) in ReadSectionsAsync(set, section, cancellationToken))
        {
            yield return (name, JsonSerializer.Deserialize(record.Span, type) ?? throw new InvalidDataException("A staged record is null."));
        }
    }

    /// <returns>The sections' names and how many records each has.</returns>
    public async Task<IReadOnlyDictionary<string, long>> SectionsAsync(SegmentSet set, CancellationToken cancellationToken = default)
    {
        var sections = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var segment = 0; segment < set.Count; segment++)
        {
            foreach (var entry in await reader.IndexAsync(set.BlobName(segment), cancellationToken))
            {
                sections[entry.Name] = sections.GetValueOrDefault(entry.Name) + entry.Records;
            }
        }

        return sections;
    }

    /// <summary>A small file under a name that is known beforehand; written again, the later content stays.</summary>
    public Task WriteDocumentAsync(string folder, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        Document(folder, name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, cancellationToken);

    /// <returns>Null when there is no such document.</returns>
    public async Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string folder, string name, CancellationToken cancellationToken = default)
    {
        try
        {
            return (await Document(folder, name).DownloadContentAsync(cancellationToken)).Value.Content.ToMemory();
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <summary>Removes everything under a folder, e.g. a run's; nothing there is fine.</summary>
    /// <returns>How many files there were.</returns>
    public async Task<int> DeleteFolderAsync(string folder, CancellationToken cancellationToken = default)
    {
        var count = 0;
        var blobs = container.GetBlobsAsync(new() { Prefix = folder.Trim('/') + "/" }, cancellationToken);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(blobs, parallel, async (blob, token) =>
        {
            await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: token);
            Interlocked.Increment(ref count);
        });
        return count;
    }

    /// <summary>The folders at the top: one for each run that has files.</summary>
    public async IAsyncEnumerable<string> ListFoldersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var options = new GetBlobsByHierarchyOptions { Delimiter = "/" };
        await foreach (var item in container.GetBlobsByHierarchyAsync(options, cancellationToken))
        {
            if (item.IsPrefix)
            {
                yield return item.Prefix.TrimEnd('/');
            }
        }
    }

    /// <summary>Removes everything under a folder that is in none of the folders to keep.</summary>
    internal async Task DeleteOthersAsync(string folder, IReadOnlySet<string> kept, CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(new() { Prefix = folder + "/" }, cancellationToken))
        {
            if (!kept.Contains(blob.Name[..blob.Name.LastIndexOf('/')]))
            {
                await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
            }
        }
    }

    private BlobClient Document(string folder, string name) => container.GetBlobClient($"{folder.Trim('/')}/{name}.json");
}
