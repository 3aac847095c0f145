namespace LdapSync.Core.Groups;

/// <summary>A group whose members were read.</summary>
/// <param name="Id">The group's id in canonical text.</param>
/// <param name="Sid">By which users name it as their primary group, or null.</param>
/// <param name="Complete">All its members are known (G1).</param>
public sealed record ReadGroup(string Id, string? Sid, bool Complete);

/// <summary>A group within a group.</summary>
/// <param name="Parent">Index of the outer group.</param>
/// <param name="Child">Index of the inner one.</param>
/// <param name="Key">Of the value that names it.</param>
public sealed record GroupNesting(int Parent, int Child, UInt128 Key);

/// <summary>
/// The linked groups with all groups below them: who is in a group is in all groups around it. Groups within groups may form rings. Plain data, so that it
/// can be kept; members are elsewhere.
/// </summary>
/// <param name="Groups">Linked groups and those within them, each once.</param>
/// <param name="Nestings">Which is within which.</param>
/// <param name="Linked">For each linked role the index of its group; -1: the group was not found.</param>
public sealed record GroupClosure(IReadOnlyList<ReadGroup> Groups, IReadOnlyList<GroupNesting> Nestings, IReadOnlyList<int> Linked)
{
    /// <summary>For each role whether all members are known: its group was found, and it and every group below it was read to the end (G1, R7).</summary>
    public bool[] CompleteRoles()
    {
        var inner = Inner();
        return [.. Linked.Select(group => group >= 0 && Below(group, inner).TrueForAll(index => Groups[index].Complete))];
    }

    /// <summary>For each group the roles that its members have, ascending.</summary>
    public IReadOnlyList<int>[] RolesOfGroups()
    {
        var inner = Inner();
        var roles = Groups.Select(_ => new List<int>()).ToArray();
        for (var role = 0; role < Linked.Count; role++)
        {
            foreach (var group in Linked[role] >= 0 ? Below(Linked[role], inner) : [])
            {
                roles[group].Add(role);
            }
        }

        return roles;
    }

    /// <summary>Group indexes by SID.</summary>
    public Dictionary<string, int> BySid() =>
        Groups.Select((group, index) => (group.Sid, index)).Where(pair => pair.Sid is not null).DistinctBy(pair => pair.Sid).ToDictionary(pair => pair.Sid!, pair => pair.index, StringComparer.Ordinal);

    private ILookup<int, int> Inner() => Nestings.ToLookup(nesting => nesting.Parent, nesting => nesting.Child);

    /// <summary>A group and all within it, each once.</summary>
    private static List<int> Below(int group, ILookup<int, int> inner)
    {
        var found = new List<int> { group };
        var seen = new HashSet<int>(found);
        for (var next = 0; next < found.Count; next++)
        {
            found.AddRange(inner[found[next]].Where(seen.Add));
        }

        return found;
    }
}
