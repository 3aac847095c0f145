using LdapSync.Demo.Http;
using LdapSync.Demo.Servers;
using LdapSync.Demo.Story;
using LdapSync.Demo.Terminal;

namespace LdapSync.Demo.Acts;

/// <summary>What every act works with.</summary>
internal sealed record Context(Stage Stage, ApiClient Api, ServerState Servers, Cast Cast, Expected Expected, DirectoryAdmin Directory)
{
    public const string DirectoryId = "example";

    /// <summary>The linked roles by id. Filled when they are created, renamed when they are.</summary>
    public Dictionary<string, Role> Roles { get; } = [];

    /// <summary>Role ids by the name of their group.</summary>
    public string RoleOf(string group) => Roles.Values.Single(role => role.Name == group).Id;

    /// <exception cref="DemoException">The numbers differ.</exception>
    public void Expect<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new DemoException($"{what}: expected {expected}, found {actual}");
        }
    }

    /// <summary>Runs a synchronization to its end.</summary>
    /// <exception cref="DemoException">It did not end well.</exception>
    public async Task<Run> SynchronizeAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var started = await Api.PostAsync<Started>($"directories/{DirectoryId}/sync", new { mode = "full", dryRun }, cancellationToken);
        var run = await Stage.FollowAsync(Api, started.RunId, cancellationToken);
        return run.Status == "completed"
            ? run
            : throw new DemoException($"The run {run.Id} ended as {run.Status} in phase {run.Phase}: {run.Error ?? string.Join("; ", run.Warnings ?? [])}");
    }

    public async Task<User?> FindUserAsync(string login, CancellationToken cancellationToken)
    {
        var found = await Api.ListAsync<User>($"users?search={Uri.EscapeDataString(login)}", cancellationToken);
        return found.Find(user => user.Login == login);
    }

    /// <summary>Compares users and members with what the directory holds, by name, not only by number.</summary>
    public async Task CheckRecordsAsync(CancellationToken cancellationToken)
    {
        var users = await Api.ListAsync<User>($"users?active=true&directoryId={DirectoryId}", cancellationToken);
        ExpectSame("active users", Expected.ActiveUsers, users.Select(user => user.Login));
        foreach (var group in Expected.GroupNames)
        {
            var members = await Api.ListAsync<RoleMember>($"roles/{RoleOf(group)}/members", cancellationToken);
            ExpectSame(
                $"active members of {group}", Expected.ActiveMembers(group),
                members.Where(member => member is { FromDirectory: true, Active: true }).Select(member => member.Login));
        }
    }

    private static void ExpectSame(string what, HashSet<string> expected, IEnumerable<string> actual)
    {
        var found = actual.ToHashSet();
        if (!found.SetEquals(expected))
        {
            throw new DemoException(
                $"{what}: expected {expected.Count}, found {found.Count}; missing: {Some(expected.Except(found))}; too many: {Some(found.Except(expected))}");
        }
    }

    private static string Some(IEnumerable<string> logins) => string.Join(", ", logins.Take(5).DefaultIfEmpty("none"));
}
