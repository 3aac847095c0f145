using System.Globalization;
using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Changes;

/// <summary>
/// Whether an account that may replicate is told every deletion by DirSync. Active Directory then applies no other rights, and tells deleted entries to who
/// has not asked for them ([MS-ADTS] 3.1.1.3.4.1.3; "Polling for Changes Using the DirSync Control"). Samba did the same until CVE-2023-4154: since 4.17.12,
/// 4.18.8 and 4.19.1 its <c>dirsync.c</c> looks for the right and then reads as the account, which sees nothing in <c>CN=Deleted Objects</c> unless it is an
/// administrator. So nothing is taken for granted: the account has to be shown a deleted entry by the very control.
/// </summary>
internal sealed class DeletionSight(LdapConnection connection, RootDse root, string namingContext)
{
    private const int MaxOctets = 64 * 1024;
    private const int MaxRounds = 50;

    // S-1-5-32-544, BUILTIN\Administrators, as octets ([MS-DTYP] 2.4.2.2).
    private static readonly byte[] Administrators = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];

    /// <summary>Deleted entries are kept for as long when the forest says nothing else ([MS-ADTS] 6.1.1.2.4.1.1, tombstoneLifetime).</summary>
    private static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(60);

    /// <summary>The shortest time that a forest can ask for; taken where the account cannot read what it says.</summary>
    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromDays(2);

    /// <param name="age">How long ago the server gave the cookie from which was read.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async Task<bool> IsCompleteAsync(TimeSpan age, CancellationToken cancellationToken) =>
        (!root.IsSamba || await IsAdministratorAsync(cancellationToken).ConfigureAwait(false))
        && await SeesDeletedAsync(cancellationToken).ConfigureAwait(false)
        // A day in hand for clocks that differ.
        && age < await LifetimeAsync(cancellationToken).ConfigureAwait(false) - TimeSpan.FromDays(1);

    /// <summary>Samba decides for each deleted entry by the entry's own rights; only of administrators is it known that they may read all.</summary>
    private async Task<bool> IsAdministratorAsync(CancellationToken cancellationToken)
    {
        var entry = await FindAsync("", "tokenGroups", cancellationToken).ConfigureAwait(false);
        return entry?.Find("tokenGroups")?.Values.Any(sid => sid.Span.SequenceEqual(Administrators)) == true;
    }

    /// <summary>One deleted entry is enough, and there always is one: the container of the others says of itself that it is deleted.</summary>
    private async Task<bool> SeesDeletedAsync(CancellationToken cancellationToken)
    {
        var request = new SearchRequest(namingContext, SearchScope.Subtree, "(isDeleted=TRUE)", ["isDeleted"], PageSize: 0);
        byte[]? cookie = null;
        for (var round = 0; round < MaxRounds; round++)
        {
            var search = new ControlledSearch(connection, request);
            var more = false;
            await foreach (var message in search.ReadAsync(DirSyncControl.Request(cookie, asReader: false, MaxOctets), cancellationToken).ConfigureAwait(false))
            {
                if (message.Operation == LdapOperation.SearchResultEntry)
                {
                    return true;
                }

                if (message.Operation == LdapOperation.SearchResultDone && LdapResult.Read(message).Code == ResultCodes.Success)
                {
                    (cookie, more) = search.Decode(() => DirSyncControl.ReadAnswer(message));
                }
            }

            if (!more)
            {
                return false;
            }
        }

        return false;
    }

    private async Task<TimeSpan> LifetimeAsync(CancellationToken cancellationToken)
    {
        var service = $"CN=Directory Service,CN=Windows NT,CN=Services,{root.ConfigurationNamingContext}";
        if (root.ConfigurationNamingContext is null || await FindAsync(service, "tombstoneLifetime", cancellationToken).ConfigureAwait(false) is not { } entry)
        {
            return ShortestLifetime;
        }

        return entry.Find("tombstoneLifetime") is not { Values.Count: > 0 } value ? UsualLifetime
            : int.TryParse(value.Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days > 0 ? TimeSpan.FromDays(days)
            : ShortestLifetime;
    }

    private async Task<DirectoryEntry?> FindAsync(string name, string attribute, CancellationToken cancellationToken)
    {
        DirectoryEntry? found = null;
        try
        {
            var search = new LdapSearch(connection, new SearchRequest(name, SearchScope.Base, "(objectClass=*)", [attribute], PageSize: 0));
            await foreach (var entry in search.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                found = entry;
            }
        }
        catch (DirectoryException hidden) when (!hidden.CanRetry)
        {
            return null;
        }

        return found;
    }
}
