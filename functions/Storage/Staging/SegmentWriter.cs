using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace LdapSync.Storage.Staging;

/// <summary>Stages records by section; see <see cref="StagingArea.CreateWriter"/>. Not for several threads at once.</summary>
public sealed class SegmentWriter
{
    private readonly SortedDictionary<string, Section> sections = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> json = new();
    private readonly Utf8JsonWriter jsonWriter;
    private readonly BlobContainerClient container;
    private readonly string folder;
    private readonly string name;
    private readonly int flushBytes;
    private long buffered;
    private int segments;
    private bool completed;

    internal SegmentWriter(BlobContainerClient container, string folder, string name, int flushBytes) =>
        (this.container, this.folder, this.name, this.flushBytes, jsonWriter) = (container, folder.Trim('/'), name, flushBytes, new Utf8JsonWriter(json));

    /// <summary>Records added so far.</summary>
    public long Records { get; private set; }

    /// <summary>Adds one record; it is copied. Call <see cref="FlushIfNeededAsync"/> now and then.</summary>
    public void Add(string section, ReadOnlySpan<byte> record)
    {
        ObjectDisposedException.ThrowIf(completed, this);
        if (!sections.TryGetValue(section, out var target))
        {
            sections.Add(section, target = new Section());
        }

        var before = target.Content.Length;
        SegmentFormat.Record(target.Content, record);
        target.Count++;
        buffered += target.Content.Length - before;
        Records++;
    }

    /// <summary>Adds one record as JSON.</summary>
    public void Add<T>(string section, T record, JsonTypeInfo<T> type)
    {
        json.ResetWrittenCount();
        jsonWriter.Reset();
        JsonSerializer.Serialize(jsonWriter, record, type);
        jsonWriter.Flush();
        Add(section, json.WrittenSpan);
    }

    /// <summary>Uploads what is buffered once it is enough for a segment; else returns at once.</summary>
    /// <exception cref="StorageUnavailableException">Blob storage is away.</exception>
    public ValueTask FlushIfNeededAsync(CancellationToken cancellationToken = default) =>
        buffered < flushBytes ? ValueTask.CompletedTask : new ValueTask(FlushAsync(cancellationToken));

    /// <summary>Uploads the rest. Nothing can be added afterwards.</summary>
    /// <exception cref="StorageUnavailableException">Blob storage is away.</exception>
    public async Task<SegmentSet> CompleteAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(completed, this);
        await FlushAsync(cancellationToken);
        completed = true;
        return new SegmentSet(folder, name, segments, Hash());
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var filled = sections.Where(section => section.Value.Count > 0).ToList();
        if (filled.Count == 0)
        {
            return;
        }

        var segment = SegmentFormat.Build([.. filled.Select(section => (section.Key, section.Value.Content.Pieces(), section.Value.Count))]);
        var blob = container.GetBlobClient(SegmentFormat.BlobName(folder, name, segments));
        var upload = new BlobUploadOptions { TransferOptions = new StorageTransferOptions { InitialTransferSize = 64 * 1024 * 1024 } };
        await blob.UploadAsync(BinaryData.FromBytes(segment), upload, cancellationToken);
        segments++;
        buffered = 0;
        foreach (var (_, section) in filled)
        {
            section.Clear();
        }
    }

    private string Hash()
    {
        using var total = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (section, content) in sections)
        {
            // Every part of what is hashed has one length or says its own, so that no two contents look alike.
            total.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(section)}:{section}")));
            total.AppendData(content.Digest.GetHashAndReset());
            content.Digest.Dispose();
        }

        return Convert.ToHexStringLower(total.GetHashAndReset());
    }

    private sealed class Section
    {
        public PieceBuffer Content { get; } = new();

        public IncrementalHash Digest { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public int Count { get; set; }

        public void Clear()
        {
            foreach (var piece in Content.Pieces())
            {
                Digest.AppendData(piece.Span);
            }

            Content.Clear();
            Count = 0;
        }
    }
}
