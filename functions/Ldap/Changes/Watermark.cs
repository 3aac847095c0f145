using System.Globalization;
using System.Runtime.CompilerServices;
using LdapSync.Core.Entries;
using LdapSync.Core.Mapping;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Changes;

/// <summary>
/// Entries modified since the last time. On Active Directory by update sequence number, which belongs to one domain controller and one restore of it
/// (its invocationId); elsewhere by modification date, overlapping by a minute, for dates have steps of a second and clocks differ: entries come again.
/// </summary>
internal sealed class Watermark(LdapConnection connection, RootDse root, ChangeRequest request, string? cookie) : ChangeSearch
{
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    protected override async IAsyncEnumerable<DirectoryChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var mark = root.Kind == DirectoryKind.ActiveDirectory
            ? await ReadSequenceNumberAsync(cancellationToken).ConfigureAwait(false)
            : null;
        var since = Condition(ChangeCookie.Read(ChangeMethod.Watermark, cookie), mark);
        var idAttribute = root.Kind == DirectoryKind.ActiveDirectory ? "objectGUID" : "entryUUID";
        string[] attributes = request.Attributes.Count == 0
            ? ["*", idAttribute, request.ModificationDate]
            : [.. request.Attributes, idAttribute, request.ModificationDate];
        var search = new LdapSearch(connection, new SearchRequest(
            request.SearchBase, SearchScope.Subtree, since is null ? request.Filter : $"(&{request.Filter}{since})", attributes));
        var latest = LatestOf(cookie);
        await foreach (var entry in search.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Find(request.ModificationDate) is { Values.Count: > 0 } modified && GeneralizedTime.TryParse(modified.Text(), out var time)
                && !(time <= latest))
            {
                latest = time;
            }

            var id = entry.Find(idAttribute) is { Values: [var octets, ..] } ? LdapId.FromOctets(idAttribute, octets.Span) : null;
            yield return new DirectoryChange(ChangeKind.Changed, id, entry);
        }

        var value = mark ?? (latest is { } last ? $"date/{GeneralizedTime.Format(last)}" : null);
        Complete(new ChangeResult(
            ChangeMethod.Watermark,
            search.Proof.IsComplete && value is not null ? ChangeCookie.Write(ChangeMethod.Watermark, value) : null,
            since is null && search.Proof.IsComplete ? DeletionKnowledge.ByAbsence : DeletionKnowledge.Unknown,
            since is null,
            search.Proof));
    }

    /// <summary>The condition for what was modified since the cookie; null where that is to be everything.</summary>
    private string? Condition(string? value, string? mark)
    {
        var parts = value?.Split('/');
        if (mark is not null)
        {
            // usn/invocationId/number: only the same server may compare its numbers.
            var own = mark.Split('/');
            return parts is ["usn", var invocation, var number] && invocation == own[1] && long.TryParse(number, CultureInfo.InvariantCulture, out var seen)
                ? string.Create(CultureInfo.InvariantCulture, $"(uSNChanged>={seen + 1})")
                : null;
        }

        return parts is ["date", var date] && GeneralizedTime.TryParse(date, out var time)
            ? $"({request.ModificationDate}>={GeneralizedTime.Format(time - Overlap)})"
            : null;
    }

    private static DateTimeOffset? LatestOf(string? cookie) =>
        ChangeCookie.Read(ChangeMethod.Watermark, cookie)?.Split('/') is ["date", var date] && GeneralizedTime.TryParse(date, out var time) ? time : null;

    /// <summary>The server's highest number before the search begins, so that what changes meanwhile is read again next time.</summary>
    private async Task<string?> ReadSequenceNumberAsync(CancellationToken cancellationToken)
    {
        var now = await FirstAsync(new SearchRequest("", SearchScope.Base, "(objectClass=*)", ["highestCommittedUSN", "dsServiceName"], 0), cancellationToken)
            .ConfigureAwait(false);
        if (now?.Find("highestCommittedUSN")?.Text() is not { } number || now.Find("dsServiceName")?.Text() is not { } service)
        {
            return null;
        }

        var settings = await FirstAsync(new SearchRequest(service, SearchScope.Base, "(objectClass=*)", ["invocationId"], 0), cancellationToken)
            .ConfigureAwait(false);
        return settings?.Find("invocationId") is { Values: [{ Length: 16 } octets, ..] } ? $"usn/{new Guid(octets.Span):D}/{number}" : null;
    }

    private async Task<DirectoryEntry?> FirstAsync(SearchRequest search, CancellationToken cancellationToken)
    {
        DirectoryEntry? first = null;
        await foreach (var entry in new LdapSearch(connection, search).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            first ??= entry;
        }

        return first;
    }
}
