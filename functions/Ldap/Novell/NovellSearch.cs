using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Reading;
using Novell.Directory.Ldap;
using Novell.Directory.Ldap.Controls;
using LdapConnection = Novell.Directory.Ldap.LdapConnection;
using LdapMessage = Novell.Directory.Ldap.LdapMessage;

namespace LdapSync.Ldap.Novell;

/// <summary>
/// A paged search with the library's queue of messages: its enumerator throws at a referral, and with a control it ends in a time-out. The queue is
/// waited for on a thread of its own, so that a cancelled search ends at once; what it waits for is then abandoned.
/// </summary>
internal sealed class NovellSearch(LdapConnection connection, ServerAddress server, SearchRequest request, TimeSpan timeout, TimeProvider time) : IDirectorySearch
{
    private const int LargestPart = 1000;

    private CompletenessProof? proof;
    private int started;
    private int referrals;
    private bool rangesFinished = true;

    public CompletenessProof Proof =>
        proof ?? throw new InvalidOperationException("A search has its proof when the enumeration has come to its end.");

    private string Operation => SearchFilter.Operation(request);

    public async IAsyncEnumerator<DirectoryEntry> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref started, 1) != 0)
        {
            throw new InvalidOperationException("A search is enumerated once: prepare another one.");
        }

        var (entries, pages, cookie) = (0L, 0, Array.Empty<byte>());
        while (true)
        {
            var queue = await AskAsync(cookie, cancellationToken).ConfigureAwait(false);
            LdapResponse? done = null;
            try
            {
                while (done is null)
                {
                    foreach (var message in await TakeAsync(queue, cancellationToken).ConfigureAwait(false))
                    {
                        switch (message)
                        {
                            case LdapSearchResult found:
                                yield return Read(found.Entry);
                                if (++entries == request.SizeLimit)
                                {
                                    proof = new CompletenessProof(ResultCodes.Success, false, rangesFinished, entries, pages + 1, referrals, "Our own size limit was reached.");
                                    yield break;
                                }

                                break;
                            case LdapSearchResultReference:
                                referrals++;
                                break;
                            case LdapResponse response:
                                done = response;
                                break;
                        }
                    }
                }
            }
            finally
            {
                if (done is null)
                {
                    connection.Abandon(queue);
                }
            }

            pages++;
            cookie = CookieOf(done);
            if (done.ResultCode is not (ResultCodes.Success or ResultCodes.SizeLimitExceeded or ResultCodes.TimeLimitExceeded or ResultCodes.AdminLimitExceeded))
            {
                throw NovellFailures.Of(server, Operation, done, request.SearchBase);
            }

            if (cookie.Length == 0 || done.ResultCode != ResultCodes.Success)
            {
                proof = new CompletenessProof(
                    done.ResultCode, cookie.Length == 0, rangesFinished, entries, pages, referrals, string.IsNullOrEmpty(done.ErrorMessage) ? null : done.ErrorMessage);
                yield break;
            }
        }
    }

    private Task<LdapSearchQueue> AskAsync(byte[] cookie, CancellationToken cancellationToken)
    {
        // 0: no limit of the library's own, which is 1,000 entries otherwise.
        var constraints = new LdapSearchConstraints { MaxResults = 0, ReferralFollowing = false, Dereference = LdapSearchConstraints.DerefNever };
        if (request.PageSize > 0)
        {
            constraints.SetControls(new SimplePagedResultsControl(request.PageSize, cookie));
        }

        return NovellFailures.TranslateAsync(server, Operation, () => connection.SearchAsync(
            request.SearchBase, (int)request.Scope, request.Filter, [.. request.Attributes], typesOnly: false, queue: null, constraints, cancellationToken));
    }

    /// <summary>What has come, at least one message; the last one of a page is an <see cref="LdapResponse"/>.</summary>
    private async Task<List<LdapMessage>> TakeAsync(LdapSearchQueue queue, CancellationToken cancellationToken)
    {
        var taking = BlockingCalls.RunAsync(() =>
        {
            var part = new List<LdapMessage>();
            do
            {
                part.Add(queue.GetResponse() ?? throw Failures.Lost(server, Operation, "there is no further answer."));
            }
            while (part.Count < LargestPart && part[^1] is not LdapResponse && queue.IsResponseReceived());
            return part;
        });
        try
        {
            return await NovellFailures.TranslateAsync(server, Operation, () => taking.WaitAsync(timeout, time, cancellationToken)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Failures.TimedOut(server, Operation, timeout);
        }
    }

    /// <summary>The entry without range options; a range that goes on makes the read incomplete.</summary>
    private DirectoryEntry Read(LdapEntry entry)
    {
        var attributes = new List<DirectoryAttribute>();
        foreach (var attribute in entry.GetAttributeSet().Values)
        {
            IReadOnlyList<ReadOnlyMemory<byte>> values = [.. attribute.ByteValueArray.Select(value => new ReadOnlyMemory<byte>(value))];
            if (RangedAttributes.TryParse(attribute.Name, out var name, out var next))
            {
                rangesFinished &= next is null;
                attributes.RemoveAll(other => string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase));
                attributes.Add(new DirectoryAttribute(name, values));
            }
            else if (!attributes.Exists(other => string.Equals(other.Name, attribute.Name, StringComparison.OrdinalIgnoreCase)))
            {
                attributes.Add(new DirectoryAttribute(attribute.Name, values));
            }
        }

        return new DirectoryEntry(entry.Dn, attributes);
    }

    private static byte[] CookieOf(LdapResponse response) =>
        response.Controls?.OfType<SimplePagedResultsControl>().FirstOrDefault()?.Cookie ?? [];
}
