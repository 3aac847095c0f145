using LdapSync.App.Sync;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;

namespace LdapSync.App.SignIns;

/// <summary>Asks the directory about one person: where the entry is, and whether it takes the password.</summary>
public sealed class SignInDirectory(DirectorySessions sessions, IDirectoryClient client, TimeProvider time)
{
    // A number that settings cannot have, so that these connections are counted apart: nobody waits at the door until a synchronization has ended.
    private const int Connections = 32;

    /// <summary>
    /// The name of the user's entry as it is now, found by id: one that was renamed or moved since the last run is found all the same. Who is gone, off,
    /// or filtered out since is not (a protected user is looked for outside the users filter too).
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="user">Null: somebody who may not sign in; searched for all the same, by an id that nobody has.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string?> FindAsync(DirectoryRecord directory, UserRecord? user, CancellationToken cancellationToken)
    {
        var settings = directory.Settings;
        var mapper = new UserMapper(settings);
        var attribute = settings.Users.UserId;
        var byId = $"({attribute}={LdapId.ToFilterValue(attribute, user?.LdapId ?? Guid.NewGuid().ToString("D"))})";
        var filter = user is { Protected: true } ? byId : $"(&{settings.Filters.Users}{byId})";
        await using var session = await sessions.OpenAsync(directory.Id, Own(settings.Connection), cancellationToken);
        var search = session.Search(new SearchRequest(settings.Users.SearchBase, SearchScope.Subtree, filter, mapper.PresenceAttributes) { SizeLimit = 2 });
        var found = new List<string>();
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            if (mapper.TryReadPresence(entry, time.GetUtcNow(), out var ldapId, out var enabled) && ldapId == user?.LdapId && (enabled || user.Protected))
            {
                found.Add(entry.DistinguishedName);
            }
        }

        return found.Count == 1 ? found[0] : null;
    }

    /// <summary>Binds with the password, on a connection of its own that is closed afterwards.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">Null: a name that nobody has, which the directory refuses like a wrong password.</param>
    /// <param name="password">Not empty.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="DirectoryException">The directory cannot be asked; says nothing about the password.</exception>
    public async Task<bool> AcceptsAsync(DirectoryRecord directory, string? name, string password, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(password);
        var settings = directory.Settings;
        var connection = Own(settings.Connection) with
        {
            AuthenticationType = AuthenticationType.Basic,
            AdministratorLogin = name ?? $"cn={Guid.NewGuid():N},{settings.Users.SearchBase}",
        };
        try
        {
            await using var session = await client.ConnectAsync(connection, password, cancellationToken);
            return name is not null;
        }
        catch (DirectoryException refusal) when (IsAboutTheAccount(refusal))
        {
            return false;
        }
    }

    private static ConnectionSettings Own(ConnectionSettings connection) => connection with { MaxConnections = Connections };

    /// <summary>The server answered the bind, and neither is it busy nor does it want another way to sign in.</summary>
    private static bool IsAboutTheAccount(DirectoryException failure) =>
        failure.Failure == DirectoryFailure.InvalidCredentials || failure is { Operation: "bind", ResultCode: 32 or 34 or 50 or 53 };
}
