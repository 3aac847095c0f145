using LdapSync.Core.Groups;

namespace LdapSync.App.Sync;

/// <summary>All groups that may be within others: the ids by the key of their names.</summary>
/// <param name="IdByKey">See <see cref="MemberKey.OfName"/>.</param>
internal sealed record GroupNames(IReadOnlyDictionary<UInt128, string> IdByKey)
{
    public static GroupNames None { get; } = new(new Dictionary<UInt128, string>());
}

/// <summary>Goes from the linked groups down to all groups within them, each once, whatever rings they form.</summary>
internal sealed class GroupWalk(GroupNames names)
{
    private readonly List<ReadGroup> groups = [];
    private readonly Dictionary<string, int> indexes = new(StringComparer.Ordinal);
    private readonly HashSet<GroupNesting> nestings = [];
    private int taken;

    public ReadGroup this[int group] => groups[group];

    /// <summary>The index of a group, which is to be read if it is new.</summary>
    public int Add(string id)
    {
        if (!indexes.TryGetValue(id, out var index))
        {
            indexes[id] = index = groups.Count;
            groups.Add(new ReadGroup(id, Sid: null, Complete: false));
        }

        return index;
    }

    /// <summary>The groups that were added since the last time.</summary>
    public IReadOnlyList<int> TakeUnread()
    {
        var first = taken;
        taken = groups.Count;
        return [.. Enumerable.Range(first, taken - first)];
    }

    public int? Find(string id) => indexes.TryGetValue(id, out var index) ? index : null;

    public void MarkRead(int group, string? sid, bool complete) => groups[group] = groups[group] with { Sid = sid, Complete = complete };

    /// <summary>Whether a value names a group rather than a user; that one is within <paramref name="group"/> then.</summary>
    public bool TryNest(int group, MemberValue value)
    {
        if (!names.IdByKey.TryGetValue(value.Key, out var id))
        {
            return false;
        }

        nestings.Add(new GroupNesting(group, Add(id), value.Key));
        return true;
    }

    public GroupClosure ToClosure(IReadOnlyList<int> linked) => new(groups, [.. nestings], linked);
}
