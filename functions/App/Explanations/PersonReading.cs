using LdapSync.App.Sync;
using LdapSync.Core.Entries;
using LdapSync.Core.Filters;
using LdapSync.Core.Groups;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;

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
    private readonly MemberMapper memberMapper = new(directory.Settings);
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
        await foreach (var entry in SearchAsync($"(&{directory.Settings.Filters.Users}{wanted})", [.. mapper.Attributes.Union(status.AllAttributes, StringComparer.OrdinalIgnoreCase).Union(memberMapper.UserAttributes, StringComparer.OrdinalIgnoreCase)], cancellationToken))
        {
            inFilter[entry.DistinguishedName] = entry;
        }

        var all = new List<DirectoryEntry>();
        await foreach (var entry in SearchAsync(wanted, [users.UserId], cancellationToken))
        {
            all.Add(entry);
        }

        var people = all.ConvertAll(entry => new FoundPerson(
            LdapId.TryRead(entry, users.UserId, out var id) ? id : null, entry.DistinguishedName, inFilter.GetValueOrDefault(entry.DistinguishedName), []));
        return directory.Settings.Groups.Membership == MembershipSource.Filter
            ? await SearchGroupsAsync(people, links, cancellationToken)
            : await ReadGroupsAsync(people, links, cancellationToken);
    }

    /// <summary>The search of each linked group, narrowed to the person.</summary>
    private async Task<IReadOnlyList<FoundPerson>> SearchGroupsAsync(List<FoundPerson> people, IReadOnlyList<LinkedRole> links, CancellationToken cancellationToken)
    {
        var found = new List<FoundPerson>();
        foreach (var person in people)
        {
            var roles = new List<int>();
            for (var role = 0; person.LdapId is not null && role < links.Count; role++)
            {
                if (links[role].Found && await IsFoundAsync(links[role], person.LdapId, cancellationToken))
                {
                    roles.Add(role);
                }
            }

            found.Add(person with { Roles = roles });
        }

        return found;
    }

    private async Task<bool> IsFoundAsync(LinkedRole link, string ldapId, CancellationToken cancellationToken)
    {
        var group = new MappedGroup(link.GroupId, link.GroupName, link.GroupDistinguishedName);
        var filter = GroupUsersFilter.Expand(directory.Settings.Filters.GroupUsers, group, LdapId.ToOctets(directory.Settings.Groups.GroupId, group.LdapId));
        return await SearchAsync($"(&{filter}{ById(ldapId)})", [directory.Settings.Users.UserId], cancellationToken).AnyAsync(cancellationToken);
    }

    /// <summary>The lists of members of the linked groups and of those within them, looked through for the people.</summary>
    private async Task<IReadOnlyList<FoundPerson>> ReadGroupsAsync(List<FoundPerson> people, IReadOnlyList<LinkedRole> links, CancellationToken cancellationToken)
    {
        var entries = new GroupEntries(directory.Settings, session);
        var walk = new GroupWalk(directory.Settings.Groups.Nested ? await entries.ReadNamesAsync(cancellationToken) : GroupNames.None);
        var linked = links.Select(link => link.Found ? walk.Add(link.GroupId) : -1).ToList();
        var keys = people.ToDictionary(person => person, person => person.Entry is null ? [] : memberMapper.UserKeys(person.Entry).ToHashSet());
        var groups = people.ToDictionary(person => person, _ => new HashSet<int>());
        while (walk.TakeUnread() is { Count: > 0 } unread)
        {
            await foreach (var (group, value) in entries.ReadMembersAsync(walk, unread, cancellationToken))
            {
                if (!walk.TryNest(group, value))
                {
                    people.FindAll(person => keys[person].Contains(value.Key)).ForEach(person => groups[person].Add(group));
                }
            }
        }

        var closure = walk.ToClosure(linked);
        var (rolesOfGroups, bySid) = (closure.RolesOfGroups(), closure.BySid());
        return people.ConvertAll(person =>
        {
            if (person.Entry is not null && memberMapper.PrimaryGroupOf(person.Entry) is { } sid && bySid.TryGetValue(sid, out var primary))
            {
                groups[person].Add(primary);
            }

            return person with { Roles = [.. groups[person].SelectMany(group => rolesOfGroups[group]).Distinct().Order()] };
        });
    }

    private string ById(string ldapId) => $"({directory.Settings.Users.UserId}={LdapId.ToFilterValue(directory.Settings.Users.UserId, ldapId)})";

    private IDirectorySearch SearchAsync(string filter, IReadOnlyList<string> attributes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return session.Search(new SearchRequest(directory.Settings.Users.SearchBase, SearchScope.Subtree, filter, attributes) { SizeLimit = MaxPeople });
    }
}
