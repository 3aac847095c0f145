using LdapSync.Core.Formats;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;
using LdapSync.Storage.State;

namespace LdapSync.App.Sync;

/// <param name="Users">The linked users of a bucket.</param>
/// <param name="ETag">Of the stored state, also of one that could not be used; null: there was none.</param>
/// <param name="Rebuilt">Made from the records, because there was no state that fits.</param>
public sealed record LoadedState(List<LinkedUser> Users, string? ETag, bool Rebuilt);

/// <summary>Loads the sync state of buckets; where it is missing or stale, rebuilds it from the records.</summary>
public sealed class SyncStateLoader(SyncStateStore states, UserStore users, MemberStore members, LinkStore links)
{
    public async Task<IReadOnlyList<LoadedState>> LoadAsync(PlanContext context, IReadOnlyList<int> buckets, CancellationToken cancellationToken)
    {
        var stored = await Task.WhenAll(buckets.Select(bucket => ReadAsync(context, bucket, cancellationToken)));
        var missing = buckets.Zip(stored).Where(state => state.Second.Users is null).Select(state => state.First).ToList();
        var rebuilt = missing.Count > 0 ? await RebuildAsync(context, missing, cancellationToken) : [];
        return [.. buckets.Zip(stored).Select(state => new LoadedState(state.Second.Users ?? rebuilt[state.First], state.Second.ETag, Rebuilt: state.Second.Users is null))];
    }

    /// <returns>Null for the users: there is no state that fits.</returns>
    private async Task<(List<LinkedUser>? Users, string? ETag)> ReadAsync(PlanContext context, int bucket, CancellationToken cancellationToken)
    {
        var state = await states.ReadAsync(context.DirectoryId, bucket, cancellationToken);
        return state is null ? default : (StateFormat.Read(state.Content, context.Roles), state.ETag);
    }

    private async Task<Dictionary<int, List<LinkedUser>>> RebuildAsync(
        PlanContext context, IReadOnlyList<int> buckets, CancellationToken cancellationToken)
    {
        var records = new List<UserRecord>();
        foreach (var chunk in buckets.Chunk(16))
        {
            records.AddRange((await Task.WhenAll(chunk.Select(bucket => ReadLinkedAsync(context.DirectoryId, bucket, cancellationToken)))).SelectMany(linked => linked));
        }

        // Users bound by hand keep the id that they were created with, so their records are anywhere.
        var wanted = buckets.ToHashSet();
        var bound = await links.ReadAsync(context.DirectoryId, buckets[0], buckets[^1], cancellationToken);
        var elsewhere = await users.GetManyAsync([.. bound.Select(link => link.UserId)], cancellationToken);
        records.AddRange(elsewhere.Values.Where(user => user.DirectoryId == context.DirectoryId && user.LdapId is not null
            && wanted.Contains(Buckets.OfLdapId(context.DirectoryId, user.LdapId))));

        var memberships = await ReadMembershipsAsync(context, records, cancellationToken);
        var rebuilt = buckets.ToDictionary(bucket => bucket, _ => new List<LinkedUser>());
        foreach (var user in records.DistinctBy(user => user.Id))
        {
            var roles = memberships.GetValueOrDefault(user.Id) ?? [];
            rebuilt[Buckets.OfLdapId(context.DirectoryId, user.LdapId!)].Add(LinkedState.Of(context, user, roles));
        }

        return rebuilt;
    }

    private async Task<List<UserRecord>> ReadLinkedAsync(string directoryId, int bucket, CancellationToken cancellationToken)
    {
        var linked = new List<UserRecord>();
        await foreach (var user in users.ReadBucketAsync(bucket, cancellationToken))
        {
            if (user.DirectoryId == directoryId && user.LdapId is not null && Buckets.OfLdapId(directoryId, user.LdapId) == bucket)
            {
                linked.Add(user);
            }
        }

        return linked;
    }

    private async Task<Dictionary<string, List<(int Index, bool FromDirectory)>>> ReadMembershipsAsync(
        PlanContext context, List<UserRecord> records, CancellationToken cancellationToken)
    {
        var memberships = records.DistinctBy(user => user.Id).ToDictionary(user => user.Id, _ => new List<(int, bool)>(), StringComparer.Ordinal);
        if (memberships.Count == 0)
        {
            return memberships;
        }

        var (first, last) = (records.Min(user => Buckets.OfUserId(user.Id)), records.Max(user => Buckets.OfUserId(user.Id)));
        using var parallel = new SemaphoreSlim(8);
        await Task.WhenAll(context.Roles.Select(async (role, index) =>
        {
            await parallel.WaitAsync(cancellationToken);
            try
            {
                await foreach (var member in members.ReadRoleAsync(role.RoleId, first, last, cancellationToken))
                {
                    if (memberships.TryGetValue(member.UserId, out var roles))
                    {
                        lock (roles)
                        {
                            roles.Add((index, member.FromDirectory));
                        }
                    }
                }
            }
            finally
            {
                parallel.Release();
            }
        }));
        return memberships;
    }
}
