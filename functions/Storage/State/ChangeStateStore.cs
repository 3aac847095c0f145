using LdapSync.Storage.Connections;
using LdapSync.Storage.Staging;

namespace LdapSync.Storage.State;

/// <summary>
/// What is kept of a directory between two runs so that the next one can read changes alone: one document, and lists of members beside it. The document is
/// written last and names the lists that belong to it, so it is whole at every moment.
/// </summary>
public sealed class ChangeStateStore
{
    private const string Document = "changes";

    internal ChangeStateStore(StorageClients clients) => Lists = new StagingArea(clients, StorageNames.StateContainer);

    /// <summary>Where lists of members are kept, in <see cref="FolderOf"/>.</summary>
    public StagingArea Lists { get; }

    /// <summary>The folder for the lists of a run.</summary>
    public static string FolderOf(string directoryId, string runId) => $"{directoryId}/lists/{runId}";

    /// <returns>Null: nothing is kept.</returns>
    public Task<ReadOnlyMemory<byte>?> ReadAsync(string directoryId, CancellationToken cancellationToken = default) =>
        Lists.ReadDocumentAsync(directoryId, Document, cancellationToken);

    public Task WriteAsync(string directoryId, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        Lists.WriteDocumentAsync(directoryId, Document, content, cancellationToken);

    /// <summary>Removes the lists of runs other than these.</summary>
    public Task DeleteListsAsync(string directoryId, IReadOnlySet<string> keptFolders, CancellationToken cancellationToken = default) =>
        Lists.DeleteOthersAsync($"{directoryId}/lists", keptFolders, cancellationToken);
}
