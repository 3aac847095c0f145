using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LdapSync.Core.Formats;
using LdapSync.Core.Licences;
using LdapSync.Storage.Connections;

namespace LdapSync.Storage.State;

/// <summary>Who waits for licences, by directory: a cache of the records, one blob each. Null wherever it cannot be relied on.</summary>
public sealed class LicenceStateStore
{
    private readonly BlobContainerClient container;

    internal LicenceStateStore(StorageClients clients) => container = clients.Container(StorageNames.StateContainer);

    public async Task<LicenceState?> ReadAsync(string directoryId, CancellationToken cancellationToken = default)
    {
        try
        {
            var answer = await Blob(directoryId).DownloadContentAsync(cancellationToken);
            return LicenceStateFormat.Read(answer.Value.Content.ToMemory().Span);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <summary>To be called before licences are changed: whatever happens then, no later run relies on what was remembered.</summary>
    /// <returns>For <see cref="WriteAsync"/>.</returns>
    public async Task<string> InvalidateAsync(string directoryId, CancellationToken cancellationToken = default) =>
        (await Blob(directoryId).UploadAsync(BinaryData.FromBytes(Array.Empty<byte>()), overwrite: true, cancellationToken)).Value.ETag.ToString();

    /// <returns>False when it was invalidated again meanwhile; nothing is written then.</returns>
    public async Task<bool> WriteAsync(string directoryId, LicenceState state, string ifMatch, CancellationToken cancellationToken = default)
    {
        try
        {
            var conditions = new BlobRequestConditions { IfMatch = new ETag(ifMatch) };
            await Blob(directoryId).UploadAsync(
                BinaryData.FromBytes(LicenceStateFormat.Write(state)), new BlobUploadOptions { Conditions = conditions }, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412 || e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return false;
        }
    }

    public Task DeleteAsync(string directoryId, CancellationToken cancellationToken = default) =>
        Blob(directoryId).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    // Buckets have two digits.
    private BlobClient Blob(string directoryId) => container.GetBlobClient($"{directoryId}/licences");
}
