using LdapSync.App.Api;
using LdapSync.Core.Filters;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.App.Settings;

public sealed record ServerView(string Endpoint, DirectoryKind Kind, string Description, string Authentication, string? Certificate, IReadOnlyList<string> NamingContexts);

/// <param name="Count">Entries that the filter finds.</param>
/// <param name="Complete">All were counted.</param>
/// <param name="Sample">Five of them as they would be mapped.</param>
/// <param name="Problems">How many could not be mapped; at most five of them are listed.</param>
public sealed record FoundView<T>(long Count, bool Complete, IReadOnlyList<T> Sample, long Problems, IReadOnlyList<EntryProblem> ProblemSample);

/// <param name="Method">How the server tells what has changed; null: it does not, or the other settings do not allow it.</param>
/// <param name="Problem">Why it does not: runs in mode <em>delta</em> go on in mode <em>changed</em>.</param>
public sealed record ChangesView(ChangeMethod? Method, string? Problem)
{
    public static ChangesView Of(DirectorySettings settings, ServerProfile server)
    {
        var (method, problem) = Sync.ChangeStreams.MethodOf(settings, server);
        return new ChangesView(method, problem is null ? null : Sync.ModeChoice.Sentence(problem));
    }
}

/// <param name="Field">The settings field that the failure points to.</param>
public sealed record TrialFailure(string Field, DirectoryFailure Kind, string Message);

/// <param name="Changes">Whether runs can read changes alone.</param>
/// <param name="Members">Who is in the first group of the sample.</param>
public sealed record SettingsTestView(
    bool Ok, ServerView? Server, FoundView<MappedUser>? Users, FoundView<MappedGroup>? Groups, MembersView? Members, ChangesView? Changes, TrialFailure? Failure, IReadOnlyList<string> Hints);

/// <summary>Tries settings on the real server.</summary>
public sealed class SettingsTrial(IDirectoryClient client, TimeProvider time)
{
    private const int SampleSize = 5;

    /// <summary>Everything: counts, samples, problems. What fails is part of the answer.</summary>
    public async Task<SettingsTestView> RunAsync(DirectorySettings settings, string? password, CancellationToken cancellationToken)
    {
        var hints = SettingsLint.Check(settings).Select(hint => $"{hint.Field}: {hint.Message}").ToList();
        ServerView? server = null;
        FoundView<MappedUser>? users = null;
        FoundView<MappedGroup>? groups = null;
        var members = new MembersTrial(settings);
        var stage = "connection.serverName";
        try
        {
            await using var session = await client.ConnectAsync(settings.Connection, password, cancellationToken);
            var profile = session.Server;
            server = new ServerView(profile.Endpoint, profile.Kind, profile.Description, profile.Authentication, profile.Certificate, profile.NamingContexts);
            stage = "filters.users";
            var userMapper = new UserMapper(settings);
            users = await FindAsync<MappedUser>(
                session, new SearchRequest(settings.Users.SearchBase, SearchScope.Subtree, settings.Filters.Users, [.. userMapper.Attributes.Union(members.UserAttributes, StringComparer.OrdinalIgnoreCase)]),
                members.Add,
                entry => userMapper.TryMap(entry, time.GetUtcNow(), out var user, out var problem) ? (user, null) : (null, problem), cancellationToken);
            stage = "filters.groups";
            var groupMapper = new GroupMapper(settings);
            groups = await FindAsync<MappedGroup>(
                session, new SearchRequest(settings.Groups.SearchBase, SearchScope.Subtree, settings.Filters.Groups, groupMapper.Attributes),
                _ => { },
                entry => groupMapper.TryMap(entry, out var group, out var problem) ? (group, null) : (null, problem), cancellationToken);
            stage = settings.Groups.Membership == MembershipSource.Filter ? "filters.groupUsers" : "groups.membership";
            var found = groups.Sample.Count == 0 ? null : await members.RunAsync(session, groups.Sample[0], cancellationToken);
            return new SettingsTestView(true, server, users, groups, found, ChangesView.Of(settings, profile), null, hints);
        }
        catch (DirectoryException failure)
        {
            return new SettingsTestView(false, server, users, groups, null, null, new TrialFailure(FieldOf(failure.Failure, stage), failure.Failure, failure.Message), hints);
        }
    }

    /// <summary>The least that must work before settings are saved: connect, sign in, both search bases, all filters accepted.</summary>
    /// <exception cref="ApiException">Names the field.</exception>
    public async Task RequireAsync(DirectorySettings settings, string? password, CancellationToken cancellationToken)
    {
        var stage = "connection.serverName";
        try
        {
            await using var session = await client.ConnectAsync(settings.Connection, password, cancellationToken);
            stage = "filters.users";
            await TouchAsync(session, settings.Users.SearchBase, settings.Filters.Users, settings.Users.UserId, cancellationToken);
            stage = "filters.groups";
            await TouchAsync(session, settings.Groups.SearchBase, settings.Filters.Groups, settings.Groups.GroupId, cancellationToken);
            if (settings.Groups.Membership != MembershipSource.Filter)
            {
                return;
            }

            stage = "filters.groupUsers";
            var nobody = GroupUsersFilter.Expand(settings.Filters.GroupUsers, new MappedGroup("0", "0", settings.Groups.SearchBase));
            await TouchAsync(session, settings.Users.SearchBase, nobody, settings.Users.UserId, cancellationToken);
        }
        catch (DirectoryException failure)
        {
            throw ApiException.Field(FieldOf(failure.Failure, stage), failure.Message);
        }
    }

    private static async Task TouchAsync(IDirectorySession session, string searchBase, string filter, string attribute, CancellationToken cancellationToken)
    {
        var search = session.Search(new SearchRequest(searchBase, SearchScope.Subtree, filter, [attribute], PageSize: 1) { SizeLimit = 1 });
        await foreach (var _ in search.WithCancellation(cancellationToken))
        {
            break;
        }
    }

    private static async Task<FoundView<T>> FindAsync<T>(
        IDirectorySession session, SearchRequest request, Action<Core.Entries.DirectoryEntry> seen, Func<Core.Entries.DirectoryEntry, (T? Mapped, EntryProblem? Problem)> map, CancellationToken cancellationToken)
        where T : class
    {
        var (count, problemCount) = (0L, 0L);
        var sample = new List<T>();
        var problems = new List<EntryProblem>();
        var search = session.Search(request);
        await foreach (var entry in search.WithCancellation(cancellationToken))
        {
            count++;
            seen(entry);
            var (mapped, problem) = map(entry);
            if (mapped is not null && sample.Count < SampleSize)
            {
                sample.Add(mapped);
            }

            if (problem is not null && ++problemCount <= SampleSize)
            {
                problems.Add(problem);
            }
        }

        return new FoundView<T>(count, search.Proof.IsComplete, sample, problemCount, problems);
    }

    private static string FieldOf(DirectoryFailure failure, string stage) => failure switch
    {
        DirectoryFailure.UnknownHost or DirectoryFailure.Unreachable => "connection.serverName",
        DirectoryFailure.TlsNotTrusted => "connection.trustedCertificates",
        DirectoryFailure.StrongerAuthenticationRequired => "connection.authenticationType",
        DirectoryFailure.InvalidCredentials => "connection.password",
        DirectoryFailure.TimedOut => "connection.serverName",
        DirectoryFailure.NoSuchObject => stage == "filters.groups" ? "groups.searchBase" : "users.searchBase",
        _ => stage,
    };
}
