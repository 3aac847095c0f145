using System.Security.Cryptography;
using System.Text;
using LdapSync.App.Api;
using LdapSync.App.Directories;
using LdapSync.App.Sync;
using LdapSync.Core.Entries;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Storage;
using LdapSync.Storage.Records;

namespace LdapSync.App.Roles;

/// <summary>Where the parents of imported roles come from.</summary>
public enum RoleParents
{
    None,

    /// <summary>Each organizational unit between the groups' base and a group becomes a department of its own.</summary>
    Units,

    /// <summary>A group that is a member of another imported group becomes a child of its role.</summary>
    Nesting,
}

/// <param name="DirectoryId">Of the directory.</param>
/// <param name="GroupIds">As listed by <c>GET /api/directories/{id}/groups</c>; left out: all groups of the groups filter.</param>
/// <param name="Kind">Of the roles; with parents: department or organization.</param>
/// <param name="Parents">Where parents come from.</param>
/// <param name="DryRun">Only says what would be made.</param>
public sealed record RoleImportBody(
    string DirectoryId, IReadOnlyList<string>? GroupIds = null, RoleKind Kind = RoleKind.Functional, RoleParents Parents = RoleParents.None, bool DryRun = false);

/// <summary>What became of one group.</summary>
public enum RoleImportResult
{
    /// <summary>There is a new role; in a dry run: there would be.</summary>
    Created,

    /// <summary>A role is linked to the group already; it is left as it is.</summary>
    Exists,

    /// <summary>The groups filter does not find it.</summary>
    NotFound,
}

/// <param name="GroupId">The group; null for a role made of an organizational unit.</param>
/// <param name="Name">Of the role.</param>
/// <param name="Result">What became of it.</param>
/// <param name="RoleId">The role.</param>
/// <param name="ParentId">Of the role.</param>
/// <param name="Message">What people should know; null: nothing.</param>
public sealed record RoleImportItem(string? GroupId, string Name, RoleImportResult Result, string? RoleId, string? ParentId, string? Message = null);

public sealed record RoleImportView(bool DryRun, int Created, int Existing, int NotFound, IReadOnlyList<RoleImportItem> Items);

/// <summary>Rule R8: groups become roles, many at once. Ids follow from the directory and the group, so that importing twice is importing once.</summary>
public sealed class RoleImport(RoleStore roles, DirectoryLookup lookup, DirectorySessions sessions, TimeProvider time)
{
    public async Task<RoleImportView> ImportAsync(RoleImportBody body, CancellationToken cancellationToken)
    {
        if (body.Parents != RoleParents.None && body.Kind == RoleKind.Functional)
        {
            throw ApiException.Field("kind", "Functional roles have no parents: take department or organization.");
        }

        var directory = await lookup.GetAsync(body.DirectoryId, cancellationToken);
        var (found, members) = await ReadAsync(directory, body.Parents == RoleParents.Nesting, cancellationToken);
        var chosen = body.GroupIds is null ? [.. found.Values] : body.GroupIds.Distinct(StringComparer.Ordinal).Where(found.ContainsKey).Select(id => found[id]).ToList();
        var stored = await roles.ListAsync(cancellationToken);
        var byGroup = stored.Where(role => role.DirectoryId == directory.Id && role.GroupId is not null)
            .GroupBy(role => role.GroupId!, StringComparer.Ordinal).ToDictionary(role => role.Key, role => role.First(), StringComparer.Ordinal);
        var plan = new Plan(directory, body, byGroup, stored.Select(role => role.Id).ToHashSet(StringComparer.Ordinal), time.GetUtcNow());
        var parents = body.Parents == RoleParents.Nesting ? Nesting(chosen, members) : [];
        foreach (var group in chosen.OrderBy(group => group.DistinguishedName.Length).ThenBy(group => group.DistinguishedName, StringComparer.Ordinal))
        {
            plan.Add(group, parents.TryGetValue(group.LdapId, out var parent) ? plan.RoleIdOf(parent) : null);
        }

        if (!body.DryRun)
        {
            await WriteAsync(plan.Roles, cancellationToken);
        }

        var missing = (body.GroupIds ?? []).Distinct(StringComparer.Ordinal).Where(id => !found.ContainsKey(id))
            .Select(id => new RoleImportItem(id, "", RoleImportResult.NotFound, null, null, "The directory has no group with this id among those of the groups filter."));
        IReadOnlyList<RoleImportItem> items = [.. plan.Items, .. missing];
        int Count(RoleImportResult result) => items.Count(item => item.Result == result);
        return new RoleImportView(body.DryRun, Count(RoleImportResult.Created), Count(RoleImportResult.Exists), Count(RoleImportResult.NotFound), items);
    }

    /// <summary>All groups by id, and the names of the members of each.</summary>
    private async Task<(Dictionary<string, MappedGroup> Groups, Dictionary<string, IReadOnlyList<string>> Members)> ReadAsync(
        DirectoryRecord directory, bool withMembers, CancellationToken cancellationToken)
    {
        var settings = directory.Settings;
        var mapper = new GroupMapper(settings);
        var (groups, members) = (new Dictionary<string, MappedGroup>(StringComparer.Ordinal), new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));
        await using var session = await sessions.OpenAsync(directory.Id, settings.Connection, cancellationToken);
        var search = session.Search(new SearchRequest(
            settings.Groups.SearchBase, SearchScope.Subtree, settings.Filters.Groups, withMembers ? [.. mapper.Attributes, "member"] : mapper.Attributes));
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            if (mapper.TryMap(entry, out var group, out _))
            {
                groups[group.LdapId] = group;
                members[group.LdapId] = entry.Find("member") is { } list ? [.. Enumerable.Range(0, list.Values.Count).Select(list.Text)] : [];
            }
        }

        return search.Proof.IsComplete
            ? (groups, members)
            : throw new ApiException(502, "The groups were not read completely", $"Nothing was imported. {search.Proof.Message}");
    }

    /// <summary>The parent of each group, by id: the first group that has it as a member and is not below it.</summary>
    private static Dictionary<string, MappedGroup> Nesting(List<MappedGroup> groups, Dictionary<string, IReadOnlyList<string>> members)
    {
        var byName = groups.ToDictionary(group => DistinguishedName.KeyOf(group.DistinguishedName), StringComparer.Ordinal);
        var parents = new Dictionary<string, MappedGroup>(StringComparer.Ordinal);
        foreach (var parent in groups.OrderBy(group => group.DistinguishedName, StringComparer.Ordinal))
        {
            foreach (var child in members[parent.LdapId].Select(DistinguishedName.KeyOf).Where(byName.ContainsKey).Select(name => byName[name]))
            {
                if (!parents.ContainsKey(child.LdapId) && !IsAbove(child, parent))
                {
                    parents[child.LdapId] = parent;
                }
            }
        }

        return parents;

        bool IsAbove(MappedGroup one, MappedGroup? other)
        {
            while (other is not null && other.LdapId != one.LdapId)
            {
                other = parents.GetValueOrDefault(other.LdapId);
            }

            return other is not null;
        }
    }

    private async Task WriteAsync(IReadOnlyList<RoleRecord> made, CancellationToken cancellationToken)
    {
        foreach (var role in made)
        {
            try
            {
                await roles.InsertAsync(role, cancellationToken);
            }
            catch (RecordExistsException)
            {
                // Somebody imports the same at this moment.
            }
        }
    }

    /// <summary>What is made.</summary>
    private sealed class Plan(
        DirectoryRecord directory, RoleImportBody body, Dictionary<string, RoleRecord> byGroup, HashSet<string> ids, DateTimeOffset now)
    {
        private readonly DistinguishedName? searchBase = DistinguishedName.TryParse(directory.Settings.Groups.SearchBase, out var name, out _) ? name : null;

        public List<RoleRecord> Roles { get; } = [];

        public List<RoleImportItem> Items { get; } = [];

        public string RoleIdOf(MappedGroup group) => byGroup.TryGetValue(group.LdapId, out var role) ? role.Id : IdOf(group.LdapId);

        public void Add(MappedGroup group, string? parentId)
        {
            if (byGroup.TryGetValue(group.LdapId, out var existing))
            {
                Items.Add(new RoleImportItem(group.LdapId, existing.Name, RoleImportResult.Exists, existing.Id, existing.ParentId));
                return;
            }

            var id = IdOf(group.LdapId);
            if (ids.Contains(id))
            {
                Items.Add(new RoleImportItem(
                    group.LdapId, group.Name, RoleImportResult.Exists, id, null, "The role that was imported from this group has been unlinked or linked to another group since; it is left as it is."));
                return;
            }

            var parent = body.Parents == RoleParents.Units ? Unit(group.DistinguishedName) : parentId;
            Make(new RoleRecord(id)
            {
                Name = group.Name,
                Kind = body.Kind,
                ParentId = parent,
                DirectoryId = directory.Id,
                GroupId = group.LdapId,
                GroupDistinguishedName = group.DistinguishedName,
                LinkedAt = now,
            });
        }

        /// <summary>The department of the organizational unit that an entry is in, made with those above it; null: none below the base.</summary>
        private string? Unit(string entry)
        {
            if (searchBase is null || !DistinguishedName.TryParse(entry, out var parsed, out _) || parsed.Parent is not { } unit || !unit.IsWithin(searchBase) || unit.Equals(searchBase))
            {
                return null;
            }

            var id = IdOf(unit.Normalized);
            if (!ids.Contains(id))
            {
                Make(new RoleRecord(id) { Name = unit.Names[0].Parts[0].Text, Kind = RoleKind.Department, ParentId = Unit(unit.ToString()) });
            }

            return id;
        }

        private void Make(RoleRecord role)
        {
            ids.Add(role.Id);
            Roles.Add(role);
            Items.Add(new RoleImportItem(role.GroupId, role.Name, RoleImportResult.Created, role.Id, role.ParentId));
        }

        private string IdOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"role\0{directory.Id}\0{text}")))[..32];
    }
}
