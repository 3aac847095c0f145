using LdapSync.Core.Entries;
using LdapSync.Core.Groups;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;

namespace LdapSync.App.Sync;

/// <summary>What a read of changes told.</summary>
/// <param name="Ids">Of entries that were added, changed, moved or deleted.</param>
/// <param name="Cookie">Where the next read goes on.</param>
/// <param name="Problem">Why the changes are not all known, then nothing else counts; null: they are.</param>
internal sealed record ToldChanges(IReadOnlySet<string> Ids, string Cookie, string? Problem);

/// <summary>
/// The changes of users and groups as the server tells them. Only ids are taken from there: what is true of these entries is read by plain searches, so it
/// does not matter that servers tell parts of entries, or things that are not ours.
/// </summary>
internal sealed class ChangeStreams(DirectorySettings settings, IDirectorySession session)
{
    private const string Nothing = "(!(objectClass=*))";
    private const string MovedContainer = "a container was renamed or moved, and with it everybody below, which the server does not tell";
    private const string NoChanges = "this LDAP client does not read changes (Ldap__Client)";

    /// <summary>The way in which this server tells changes, or null with the reason.</summary>
    public static (ChangeMethod? Method, string? Problem) MethodOf(DirectorySettings settings, ServerProfile server)
    {
        var (users, groups) = (settings.Users.UserId, settings.Groups.GroupId);
        return server.Kind switch
        {
            _ when settings.Groups.Membership == MembershipSource.Filter =>
                (null, "members are found by a search for each group (groups.membership is filter), which changes do not tell; take member or memberUid"),
            _ when UntoldChanges.Reason(settings) is { } untold => (null, untold),
            DirectoryKind.ActiveDirectory when !server.Controls.Contains("1.2.840.113556.1.4.841") => (null, "the server does not offer DirSync"),
            DirectoryKind.ActiveDirectory when !Is(users, "objectGUID") || !Is(groups, "objectGUID") =>
                (null, "DirSync tells entries by objectGUID, and users.userId or groups.groupId is another attribute"),
            DirectoryKind.ActiveDirectory => (ChangeMethod.DirSync, null),
            DirectoryKind.OpenLdap when !server.Controls.Contains("1.3.6.1.4.1.4203.1.9.1.1") =>
                (null, "the server does not offer content synchronization (overlay syncprov)"),
            DirectoryKind.OpenLdap when !Is(users, "entryUUID") || !Is(groups, "entryUUID") =>
                (null, "content synchronization tells entries by entryUUID, and users.userId or groups.groupId is another attribute"),
            DirectoryKind.OpenLdap => (ChangeMethod.SyncRepl, null),
            _ => (null, "changes are read from Active Directory and OpenLDAP only"),
        };
    }

    /// <summary>Cookies of this moment, without reading anything: a filter that matches nothing.</summary>
    public async Task<ChangeCookies> TakeCookiesAsync(CancellationToken cancellationToken)
    {
        var (method, problem) = MethodOf(settings, session.Server);
        if (method is null)
        {
            return new ChangeCookies(null, null, problem);
        }

        if (session is not IChangeSource)
        {
            return new ChangeCookies(null, null, NoChanges);
        }

        try
        {
            var users = await TakeCookieAsync(Users(method.Value), cancellationToken);
            var groups = await TakeCookieAsync(Groups(method.Value), cancellationToken);
            return users is null || groups is null
                ? new ChangeCookies(null, null, "the server gave no cookie for its changes")
                : new ChangeCookies(users, groups, null, await ReadContainersAsync(method.Value, cancellationToken), session.Server.Identity);
        }
        catch (DirectoryException refused) when (!refused.CanRetry)
        {
            return new ChangeCookies(null, null, $"the server does not allow it: {refused.Message}");
        }
    }

    /// <exception cref="UncertainChangesException">Containers were renamed or moved since the state was kept, or may have been.</exception>
    public async Task RequireSameContainersAsync(ChangesState state, CancellationToken cancellationToken)
    {
        if (MethodOf(settings, session.Server) is (ChangeMethod.SyncRepl and var method, _)
            && (state.Containers is not { } before || await ReadContainersAsync(method, cancellationToken) != before))
        {
            throw new UncertainChangesException(
                state.Containers is null ? "the containers of the last run are not known" : MovedContainer);
        }
    }

    public Task<ToldChanges> ReadUsersAsync(string cookie, CancellationToken cancellationToken) => ReadAsync(Users, cookie, cancellationToken);

    public Task<ToldChanges> ReadGroupsAsync(string cookie, CancellationToken cancellationToken) => ReadAsync(Groups, cookie, cancellationToken);

    private async Task<ToldChanges> ReadAsync(Func<ChangeMethod, ChangeRequest> request, string cookie, CancellationToken cancellationToken)
    {
        var none = new HashSet<string>(StringComparer.Ordinal);
        var (offered, problem) = MethodOf(settings, session.Server);
        if (offered is not { } method)
        {
            return new ToldChanges(none, "", problem ?? "the server does not tell changes any more");
        }

        if (session is not IChangeSource source)
        {
            return new ToldChanges(none, "", NoChanges);
        }

        var search = source.Changes(request(method), cookie);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var moved = new List<string>();
        await foreach (var change in search.WithCancellation(cancellationToken))
        {
            if (change.Kind != ChangeKind.Present)
            {
                ids.Add(change.Id ?? "");
            }

            if (method == ChangeMethod.DirSync && IsRenamed(change))
            {
                moved.Add(change.Entry!.DistinguishedName);
            }
        }

        var result = search.Result;
        return result switch
        {
            { IsFull: true } => new ToldChanges(none, "", "the server does not know the cookie of the last run any more"),
            { Proof.IsComplete: false } or { Cookie: null } => new ToldChanges(none, "", $"the changes were not read to the end ({Proofs.Why(result.Proof)})"),
            { Deletions: DeletionKnowledge.ByAbsence } =>
                new ToldChanges(none, "", "the server tells what exists rather than what was deleted; a session log (syncprov-sessionlog) that reaches back to the last run mends that"),
            { Deletions: DeletionKnowledge.Unknown } =>
                new ToldChanges(none, "", "the server may not tell this account every deletion (docs/directory.md says what it needs), so everybody's id is read"),
            _ when await AnyHoldsOthersAsync(moved, cancellationToken) =>
                new ToldChanges(none, "", MovedContainer),
            _ when ids.Contains("") => new ToldChanges(none, "", "an entry among the changes has no id that can be read"),
            _ => new ToldChanges(ids, result.Cookie!, null),
        };
    }

    /// <summary>
    /// DirSync tells attributes that have changed: of a renamed or moved entry its <c>name</c>, and not its object class, which a new one has changed too.
    /// </summary>
    private static bool IsRenamed(DirectoryChange change) =>
        change is { Kind: ChangeKind.Changed, Entry: { } entry } && entry.Find("name") is not null && entry.Find("objectClass") is null;

    /// <summary>What is below a moved container has another name, and may have left the search base, without having changed itself.</summary>
    private async Task<bool> AnyHoldsOthersAsync(List<string> moved, CancellationToken cancellationToken)
    {
        foreach (var name in moved)
        {
            var below = session.Search(new SearchRequest(name, SearchScope.OneLevel, "(objectClass=*)", ["1.1"], PageSize: 0) { SizeLimit = 1 });
            try
            {
                await foreach (var _ in below.WithCancellation(cancellationToken))
                {
                    return true;
                }
            }
            catch (DirectoryException gone) when (gone.Failure == DirectoryFailure.NoSuchObject)
            {
                return true; // moved again, or out of sight: who knows with whom
            }
        }

        return false;
    }

    /// <summary>DirSync tells of containers itself.</summary>
    private async Task<string?> ReadContainersAsync(ChangeMethod method, CancellationToken cancellationToken) =>
        method == ChangeMethod.SyncRepl ? await new ContainerTag(settings, session).ReadAsync(cancellationToken) : null;

    private async Task<string?> TakeCookieAsync(ChangeRequest request, CancellationToken cancellationToken)
    {
        var search = ((IChangeSource)session).Changes(request with { Filter = $"(&{request.Filter}{Nothing})" }, null);
        await foreach (var _ in search.WithCancellation(cancellationToken))
        {
            // Nothing matches.
        }

        return search.Result.Cookie;
    }

    // DirSync tells only entries of which one of the attributes has changed, so all are asked for; and it does not tell that an entry has left a filter or a
    // base, so both are as wide as can be.
    private ChangeRequest Users(ChangeMethod method) => method == ChangeMethod.DirSync
        ? new ChangeRequest(NamingContext(settings.Users.SearchBase), "(!(|(objectClass=computer)(objectClass=group)))", []) { Method = method, OnlyChanges = true }
        : new ChangeRequest(settings.Users.SearchBase, settings.Filters.Users, ["1.1"]) { Method = method, OnlyChanges = true };

    private ChangeRequest Groups(ChangeMethod method) => method == ChangeMethod.DirSync
        ? new ChangeRequest(NamingContext(settings.Groups.SearchBase), "(objectClass=group)", []) { Method = method, OnlyChanges = true }
        : new ChangeRequest(settings.Groups.SearchBase, new MemberMapper(settings).NestedFilter, ["1.1"]) { Method = method, OnlyChanges = true };

    private string NamingContext(string searchBase) => session.Server.NamingContexts
        .Where(context => DistinguishedName.TryParse(context, out var root, out _) && DistinguishedName.TryParse(searchBase, out var name, out _) && name.IsWithin(root))
        .OrderByDescending(context => context.Length)
        .FirstOrDefault() ?? searchBase;

    private static bool Is(string attribute, string name) => attribute.Equals(name, StringComparison.OrdinalIgnoreCase);
}
