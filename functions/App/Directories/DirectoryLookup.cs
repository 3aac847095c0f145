using LdapSync.App.Api;
using LdapSync.App.Sync;
using LdapSync.Core.Filters;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Directories;

/// <summary>Looks up users and groups straight in the directory, to choose from.</summary>
public sealed class DirectoryLookup(DirectoryStore directories, DirectorySessions sessions, TimeProvider time)
{
    public async Task<MappedGroup?> FindGroupAsync(string directoryId, string groupId, CancellationToken cancellationToken)
    {
        var directory = await GetAsync(directoryId, cancellationToken);
        var attribute = directory.Settings.Groups.GroupId;
        var found = await SearchGroupsAsync(directory, $"({attribute}={LdapId.ToFilterValue(attribute, groupId)})", 1, cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    public async Task<MappedUser?> FindUserAsync(string directoryId, string ldapId, CancellationToken cancellationToken)
    {
        var directory = await GetAsync(directoryId, cancellationToken);
        var attribute = directory.Settings.Users.UserId;
        var found = await SearchUsersAsync(directory, $"({attribute}={LdapId.ToFilterValue(attribute, ldapId)})", 1, cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    public async Task<IReadOnlyList<MappedGroup>> GroupsAsync(string directoryId, string? search, int limit, CancellationToken cancellationToken)
    {
        var directory = await GetAsync(directoryId, cancellationToken);
        return await SearchGroupsAsync(directory, Containing(search, directory.Settings.Groups.GroupName), limit, cancellationToken);
    }

    public async Task<IReadOnlyList<MappedUser>> UsersAsync(string directoryId, string? search, int limit, CancellationToken cancellationToken)
    {
        var directory = await GetAsync(directoryId, cancellationToken);
        return await SearchUsersAsync(directory, Containing(search, directory.Settings.Users.Login, directory.Settings.Users.FullName), limit, cancellationToken);
    }

    public async Task<DirectoryRecord> GetAsync(string directoryId, CancellationToken cancellationToken) =>
        await directories.GetAsync(ApiText.Key(directoryId, "directory"), cancellationToken) ?? throw ApiException.NotFound($"directory '{directoryId}'");

    private async Task<IReadOnlyList<MappedGroup>> SearchGroupsAsync(DirectoryRecord directory, string condition, int limit, CancellationToken cancellationToken)
    {
        var settings = directory.Settings;
        var mapper = new GroupMapper(settings);
        var groups = new List<MappedGroup>();
        await using var session = await sessions.OpenAsync(directory.Id, settings.Connection, cancellationToken);
        var search = session.Search(new SearchRequest(
            settings.Groups.SearchBase, SearchScope.Subtree, $"(&{settings.Filters.Groups}{condition})", mapper.Attributes)
        { SizeLimit = limit });
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            if (mapper.TryMap(entry, out var group, out _))
            {
                groups.Add(group);
            }
        }

        return [.. groups.OrderBy(group => group.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private async Task<IReadOnlyList<MappedUser>> SearchUsersAsync(DirectoryRecord directory, string condition, int limit, CancellationToken cancellationToken)
    {
        var settings = directory.Settings;
        var mapper = new UserMapper(settings);
        var users = new List<MappedUser>();
        await using var session = await sessions.OpenAsync(directory.Id, settings.Connection, cancellationToken);
        var search = session.Search(new SearchRequest(
            settings.Users.SearchBase, SearchScope.Subtree, $"(&{settings.Filters.Users}{condition})", mapper.Attributes)
        { SizeLimit = limit });
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            if (mapper.TryMap(entry, time.GetUtcNow(), out var user, out _))
            {
                users.Add(user);
            }
        }

        return [.. users.OrderBy(user => user.Login, StringComparer.OrdinalIgnoreCase)];
    }

    private static string Containing(string? search, params string[] attributes)
    {
        if (string.IsNullOrWhiteSpace(search))
        {
            return "";
        }

        var value = FilterEscape.Escape(search.Trim());
        return $"(|{string.Concat(attributes.Select(attribute => $"({attribute}=*{value}*)"))})";
    }
}
