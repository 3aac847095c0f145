using LdapSync.App.Sync;
using LdapSync.Core.Entries;
using LdapSync.Core.Filters;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;

namespace LdapSync.App.Explanations;

/// <summary>An entry that has the login, or the id of the record that has it.</summary>
/// <param name="LdapId">Null: cannot be read.</param>
/// <param name="Entry">Null: outside the users filter, so nothing but the name was read.</param>
/// <param name="Roles">Indexes of the linked roles whose groups the person is in.</param>
internal sealed record FoundPerson(string? LdapId, string DistinguishedName, DirectoryEntry? Entry, IReadOnlyList<int> Roles);

/// <summary>What the directory says of one login, read on one connection with the searches of a run, narrowed to these people.</summary>
internal sealed class PersonReading(IDirectorySession session, DirectoryRecord directory)
{
    private const int MaxPeople = 20;
    private const int IdsPerSearch = 50;

    private readonly UserMapper mapper = new(directory.Settings);
    private readonly AccountStatus status = new(directory.Settings.Users);

    /// <summary>The linked roles with their groups as they are now.</summary>
    public async Task<IReadOnlyList<LinkedRole>> LinksAsync(IReadOnlyList<RoleRecord> roles, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var settings = directory.Settings;
        var groupMapper = new GroupMapper(settings);
        var groups = new Dictionary<string, MappedGroup>(StringComparer.Ordinal);
        foreach (var chunk in roles.Select(role => role.GroupId!).Distinct(StringComparer.Ordinal).Chunk(IdsPerSearch))
        {
            var anyOf = string.Concat(chunk.Select(id => $"({settings.Groups.GroupId}={LdapId.ToFilterValue(settings.Groups.GroupId, id)})"));
            var search = session.Search(new SearchRequest(
                settings.Groups.SearchBase, SearchScope.Subtree, $"(&{settings.Filters.Groups}(|{anyOf}))", groupMapper.Attributes));
            await foreach (var entry in search.WithCancellation(cancellationToken))
            {
                if (groupMapper.TryMap(entry, out var group, out _))
                {
                    groups[group.LdapId] = group;
                }
            }
        }

        return RolePlanner.Plan(roles, groups, complete: true, now).Links;
    }

    public async Task<IReadOnlyList<FoundPerson>> PeopleAsync(
        string login, IEnumerable<string> ldapIds, IReadOnlyList<LinkedRole> links, CancellationToken cancellationToken)
    {
        var users = directory.Settings.Users;
        var wanted = $"(|({users.Login}={FilterEscape.Escape(login)}){string.Concat(ldapIds.Select(id => ById(id)))})";
        var inFilter = new Dictionary<string, DirectoryEntry>(StringComparer.Ordinal);
        await foreach (var entry in SearchAsync($"(&{directory.Settings.Filters.Users}{wanted})", [.. mapper.Attributes.Union(status.AllAttributes, StringComparer.OrdinalIgnoreCase)], cancellationToken))
        {
            inFilter[entry.DistinguishedName] = entry;
        }

        var all = new List<DirectoryEntry>();
        await foreach (var entry in SearchAsync(wanted, [users.UserId], cancellationToken))
        {
            all.Add(entry);
        }

        var people = new List<FoundPerson>();
        foreach (var entry in all)
        {
            var ldapId = LdapId.TryRead(entry, users.UserId, out var id) ? id : null;
            people.Add(new FoundPerson(
                ldapId, entry.DistinguishedName, inFilter.GetValueOrDefault(entry.DistinguishedName), await RolesAsync(ldapId, links, cancellationToken)));
        }

        return people;
    }

    private async Task<List<int>> RolesAsync(string? ldapId, IReadOnlyList<LinkedRole> links, CancellationToken cancellationToken)
    {
        var roles = new List<int>();
        for (var role = 0; ldapId is not null && role < links.Count; role++)
        {
            if (!links[role].Found)
            {
                continue;
            }

            var group = new MappedGroup(links[role].GroupId, links[role].GroupName, links[role].GroupDistinguishedName);
            var filter = GroupUsersFilter.Expand(
                directory.Settings.Filters.GroupUsers, group, LdapId.ToOctets(directory.Settings.Groups.GroupId, group.LdapId));
            await foreach (var _ in SearchAsync($"(&{filter}{ById(ldapId)})", [directory.Settings.Users.UserId], cancellationToken))
            {
                roles.Add(role);
                break;
            }
        }

        return roles;
    }

    private string ById(string ldapId) => $"({directory.Settings.Users.UserId}={LdapId.ToFilterValue(directory.Settings.Users.UserId, ldapId)})";

    private IDirectorySearch SearchAsync(string filter, IReadOnlyList<string> attributes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return session.Search(new SearchRequest(directory.Settings.Users.SearchBase, SearchScope.Subtree, filter, attributes) { SizeLimit = MaxPeople });
    }
}
