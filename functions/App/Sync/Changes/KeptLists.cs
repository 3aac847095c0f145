using LdapSync.Core.Formats;
using LdapSync.Storage.Staging;
using LdapSync.Storage.State;

namespace LdapSync.App.Sync;

/// <summary>Writes lists of members where they outlive the run.</summary>
internal sealed class KeptLists(ChangeStateStore changes, string directoryId, string runId, string part)
{
    private readonly SegmentWriter writer = changes.Lists.CreateWriter(ChangeStateStore.FolderOf(directoryId, runId), $"{part}-{Guid.NewGuid():N}");
    private readonly RecordWriter record = new();
    private readonly HashSet<UInt128> known = [];

    public void Add(int group, UInt128 key, string? ldapId)
    {
        known.Add(key);
        record.Clear();
        StagedRecords.WriteListed(record, key, ldapId);
        writer.Add(Sections.ListOf(group), record.Written);
    }

    /// <summary>The values that were not added.</summary>
    public void AddUnknown(Dictionary<UInt128, List<int>> groupsByKey)
    {
        foreach (var (key, groups) in groupsByKey.Where(value => !known.Contains(value.Key)).ToList())
        {
            groups.ForEach(group => Add(group, key, null));
        }
    }

    public ValueTask FlushIfNeededAsync(CancellationToken cancellationToken) => writer.FlushIfNeededAsync(cancellationToken);

    public Task<SegmentSet> CompleteAsync(CancellationToken cancellationToken) => writer.CompleteAsync(cancellationToken);
}
