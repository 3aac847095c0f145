using System.Diagnostics.CodeAnalysis;
using LdapSync.Core.Entries;
using LdapSync.Core.Settings;

namespace LdapSync.Core.Mapping;

/// <summary>Turns directory entries into groups as the settings map them; both fields are required.</summary>
public sealed class GroupMapper(DirectorySettings settings)
{
    private readonly GroupSettings fields = settings.Groups;

    /// <summary>The attributes to ask for.</summary>
    public IReadOnlyList<string> Attributes { get; } =
    [
        .. new[] { settings.Groups.GroupId, settings.Groups.GroupName }
            .Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>Maps one entry with the <see cref="Attributes"/>; on false <paramref name="problem"/> tells the first problem.</summary>
    public bool TryMap(DirectoryEntry entry, [NotNullWhen(true)] out MappedGroup? group, [NotNullWhen(false)] out EntryProblem? problem)
    {
        var read = new EntryFields(entry);
        var id = read.Id("groups.groupId", fields.GroupId);
        var idIsKnown = read.Problem is null;
        group = new MappedGroup(id, read.Required("groups.groupName", fields.GroupName), entry.DistinguishedName);
        problem = read.Problem is null || !idIsKnown ? read.Problem : read.Problem with { LdapId = id };
        if (problem is not null)
            group = null;
        return problem is null;
    }
}
