using LdapSync.Core.Records;

namespace LdapSync.Storage.State;

/// <summary>Tells the synchronization which of its states a change by hand has made stale, so that the next run looks at the records themselves.</summary>
public sealed class DirtyMarks
{
    private readonly SyncStateStore states;

    internal DirtyMarks(SyncStateStore states) => this.states = states;

    /// <summary>
    /// A user was changed, bound, unbound or removed. To be called with the record as it was, when that was linked, and as it is now, when that is linked;
    /// one that is not linked marks nothing.
    /// </summary>
    public Task MarkUserAsync(UserRecord user, CancellationToken cancellationToken = default) =>
        user.DirectoryId is null ? Task.CompletedTask : MarkAsync(user.DirectoryId, user, cancellationToken);

    /// <summary>A user's membership in a role was changed by hand; matters where both are of one directory.</summary>
    public Task MarkMemberAsync(RoleRecord role, UserRecord user, CancellationToken cancellationToken = default) =>
        role.IsLinked && role.DirectoryId == user.DirectoryId ? MarkAsync(role.DirectoryId!, user, cancellationToken) : Task.CompletedTask;

    /// <summary>Something was changed that touches every user of a directory: a role's link, the mapping, an account ...</summary>
    public Task MarkDirectoryAsync(string directoryId, CancellationToken cancellationToken = default) =>
        states.InvalidateAllAsync(directoryId, cancellationToken);

    private async Task MarkAsync(string directoryId, UserRecord user, CancellationToken cancellationToken)
    {
        // A user who was bound by hand has an id of another bucket than his directory user falls into: both are marked.
        var buckets = new SortedSet<int> { Buckets.OfUserId(user.Id) };
        if (user.LdapId is not null)
        {
            buckets.Add(Buckets.OfLdapId(directoryId, user.LdapId));
        }

        foreach (var bucket in buckets)
        {
            await states.InvalidateAsync(directoryId, bucket, cancellationToken);
        }
    }
}
