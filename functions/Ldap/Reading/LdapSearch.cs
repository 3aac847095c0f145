using LdapSync.Core.Entries;
using LdapSync.Core.Filters;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Reading;

/// <summary>A paged search (RFC 4511, section 4.5; RFC 2696) that asks for the next page while the last one is still being taken.</summary>
internal sealed class LdapSearch(LdapConnection connection, SearchRequest request, bool followRanges = true) : IDirectorySearch
{
    private readonly EntryReader reader = new();
    private CompletenessProof? proof;
    private int started;
    private bool rangesFinished = true;
    private long entries;
    private int pages;
    private int referrals;

    public CompletenessProof Proof =>
        proof ?? throw new InvalidOperationException("A search has its proof when the enumeration has come to its end.");

    private string Operation => SearchFilter.Operation(request);

    public async IAsyncEnumerator<DirectoryEntry> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref started, 1) != 0)
        {
            throw new InvalidOperationException("A search is enumerated once: prepare another one.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var paging = request.PageSize > 0 ? connection.BeginPaging() : null;
        var filter = SearchFilter.Parse(connection, request);
        var page = new PageInProgress(connection, Operation, request.SearchBase);
        await using (page.ConfigureAwait(false))
        {
            using var cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((PageInProgress)state!).Fail(new OperationCanceledException(token)), page);
            await page.StartAsync(Encode(filter, default), cancellationToken).ConfigureAwait(false);
            while (true)
            {
                await AskForNextPageAsync(page, filter, cancellationToken).ConfigureAwait(false);
                if (!page.TryTake(out var message))
                {
                    if (await page.WaitAsync().ConfigureAwait(false) || !page.IsAtEnd)
                    {
                        continue;
                    }

                    if (!page.MoveToNext())
                    {
                        break;
                    }

                    continue;
                }

                if (message.Operation == LdapOperation.SearchResultReference)
                {
                    referrals++;
                }

                if (message.Operation != LdapOperation.SearchResultEntry)
                {
                    continue;
                }

                var entry = Read(message);
                if (followRanges && RangedAttributes.AnyIn(entry))
                {
                    page.LiftLimit();
                    (entry, var whole) = await RangedAttributes.CompleteAsync(connection, entry, cancellationToken).ConfigureAwait(false);
                    rangesFinished &= whole;
                }

                entries++;
                yield return entry;
                cancellationToken.ThrowIfCancellationRequested();
                if (entries == request.SizeLimit)
                {
                    proof = new CompletenessProof(ResultCodes.Success, false, rangesFinished, entries, pages + 1, referrals, "Our own size limit was reached.");
                    yield break;
                }
            }

            var result = page.Result!;
            proof = new CompletenessProof(
                result.Code,
                page.IsLast,
                rangesFinished,
                entries,
                pages,
                referrals,
                result.Diagnostic.Length > 0 ? result.Diagnostic : null);
        }
    }

    /// <summary>Reads the result of a page as soon as it is there and, if there is a next page, asks for it.</summary>
    private async ValueTask AskForNextPageAsync(PageInProgress page, LdapFilter filter, CancellationToken cancellationToken)
    {
        if (!page.TryFinish(out var cookie))
        {
            return;
        }

        pages++;
        if (!cookie.IsEmpty)
        {
            await page.StartAsync(Encode(filter, cookie), cancellationToken).ConfigureAwait(false);
        }
    }

    private Func<int, byte[]> Encode(LdapFilter filter, ReadOnlyMemory<byte> cookie)
    {
        LdapControl[] controls =
        [
            .. request.PageSize > 0 ? [PagedResults.Request(request.PageSize, cookie)] : Array.Empty<LdapControl>(),
            .. request.MatchedValues.Count > 0 ? [MatchedValues.Request(request.MatchedValues)] : Array.Empty<LdapControl>(),
        ];
        return id => Requests.Search(id, request, filter, controls);
    }

    private DirectoryEntry Read(LdapMessage message)
    {
        try
        {
            return reader.Read(message);
        }
        catch (System.Formats.Asn1.AsnContentException exception)
        {
            throw Failures.Protocol(connection.Server, Operation, exception.Message, exception);
        }
    }
}
