using System.Runtime.CompilerServices;
using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Changes;

/// <summary>
/// Active Directory's DirSync control ([MS-ADTS] 3.1.1.3.4.1.3) with incremental values: of a changed multi-valued link only the values that were added or
/// removed (attributes <c>member;range=1-1</c> and <c>member;range=0-0</c>). With the right <em>Replicating Directory Changes</em> every deletion is told, where
/// <see cref="DeletionSight"/> finds that this is so: those of all entries of the naming context, for a deleted entry has lost most of what a filter asks for.
/// An account without the right is asked for with object security: what it may read; deletions then come as far as it may see them, and are not certain.
/// </summary>
internal sealed class DirSync(LdapConnection connection, RootDse root, ChangeRequest request, string? cookie) : ChangeSearch
{
    private const int MaxOctets = 4 * 1024 * 1024;

    private readonly EntryReader entries = new();
    private bool mayReplicate = true;
    private long count;
    private int pages;
    private int referrals;

    protected override async IAsyncEnumerable<DirectoryChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var begin = DirSyncCookie.Read(cookie);
        var known = begin?.Octets;
        var (isFull, more, now) = (known is null, true, connection.Time.GetUtcNow());
        var naming = NamingContext();
        var below = DistinguishedName.TryParse(request.SearchBase, out var name, out _) ? name : DistinguishedName.Root;
        while (more)
        {
            var search = new ControlledSearch(
                connection, new SearchRequest(naming, SearchScope.Subtree, Filter(known), Attributes(), PageSize: 0));
            await foreach (var message in search.ReadAsync(DirSyncControl.Request(known, asReader: !mayReplicate, MaxOctets), cancellationToken).ConfigureAwait(false))
            {
                if (message.Operation == LdapOperation.SearchResultReference)
                {
                    referrals++;
                }
                else if (message.Operation == LdapOperation.SearchResultEntry)
                {
                    var change = search.Decode(() => ReadEntry(message));
                    if (change.Kind == ChangeKind.Deleted || IsBelow(change.Entry!, below))
                    {
                        count++;
                        yield return change;
                    }
                }
                else
                {
                    var (next, moreData) = search.Decode(() => ReadResult(message, known, isFull));
                    if (next is null && moreData)
                    {
                        continue; // the same again, with object security
                    }

                    if (next is null)
                    {
                        // Another domain controller, or one that has forgotten: from the beginning, if that is wanted.
                        (isFull, known, more) = (true, null, !request.OnlyChanges);
                        continue;
                    }

                    pages++;
                    (known, more) = (next, moreData);
                }
            }
        }

        var told = mayReplicate && !isFull && known is not null
            && await new DeletionSight(connection, root, naming).IsCompleteAsync(now - begin!.Given, cancellationToken).ConfigureAwait(false);
        Complete(new ChangeResult(
            ChangeMethod.DirSync,
            known is null ? null : new DirSyncCookie(now, known).Text,
            told ? DeletionKnowledge.Told : DeletionKnowledge.Unknown,
            isFull,
            new CompletenessProof(ResultCodes.Success, true, true, count, pages, referrals)));
    }

    private static bool IsBelow(DirectoryEntry entry, DistinguishedName below) =>
        DistinguishedName.TryParse(entry.DistinguishedName, out var name, out _) && name.IsWithin(below);

    /// <summary>DirSync wants the root of a naming context as its base.</summary>
    private string NamingContext()
    {
        var key = DistinguishedName.TryParse(request.SearchBase, out var wanted, out _) ? wanted : null;
        return root.NamingContexts
            .Where(context => DistinguishedName.TryParse(context, out var name, out _) && key?.IsWithin(name) == true)
            .OrderByDescending(context => context.Length)
            .FirstOrDefault() ?? request.SearchBase;
    }

    /// <summary>From a cookie on with all deletions. From the beginning without: whatever they were, they are of no use to somebody who knows nothing yet.</summary>
    private string Filter(byte[]? known) => known is null ? request.Filter : $"(|{request.Filter}(isDeleted=TRUE))";

    private IReadOnlyList<string> Attributes() =>
        request.Attributes.Count == 0 ? [] : [.. request.Attributes, "objectGUID", "isDeleted"];

    private DirectoryChange ReadEntry(LdapMessage message)
    {
        var entry = entries.Read(message);
        var id = entry.Find("objectGUID") is { Values: [{ Length: 16 } octets, ..] } ? new Guid(octets.Span).ToString("D") : null;
        var isDeleted = entry.Find("isDeleted") is { Values.Count: > 0 } deleted && deleted.Text() == "TRUE";
        return new DirectoryChange(isDeleted ? ChangeKind.Deleted : ChangeKind.Changed, id, entry);
    }

    /// <summary>The next cookie and whether to go on; no cookie where the server refuses ours (nothing more), or the account lacks the right (more).</summary>
    private (byte[]? Cookie, bool More) ReadResult(LdapMessage message, byte[]? known, bool isFull)
    {
        var result = LdapResult.Read(message);
        if (result.Code == ResultCodes.InsufficientAccessRights && mayReplicate && count == 0)
        {
            mayReplicate = false;
            return (null, true);
        }

        if (result.Code != ResultCodes.Success)
        {
            var isRefusal = known is not null && !isFull && count == 0 && result.Code is 1 or 2 or 12 or 53 or 80;
            return isRefusal ? (null, false) : throw Failures.FromResult(connection.Server, $"DirSync of '{request.SearchBase}'", result, request.SearchBase);
        }

        return DirSyncControl.ReadAnswer(message);
    }
}
