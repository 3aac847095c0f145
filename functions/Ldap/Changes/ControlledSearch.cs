using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using LdapSync.Core.Reading;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Reading;

namespace LdapSync.Ldap.Changes;

/// <summary>One search with controls of the caller's, who reads the messages; the last one is the result.</summary>
internal sealed class ControlledSearch(LdapConnection connection, SearchRequest request)
{
    public async IAsyncEnumerable<LdapMessage> ReadAsync(LdapControl control, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = SearchFilter.Parse(connection, request);
        var page = new PageInProgress(connection, SearchFilter.Operation(request), request.SearchBase);
        await using (page.ConfigureAwait(false))
        {
            using var cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((PageInProgress)state!).Fail(new OperationCanceledException(token)), page);
            await page.StartAsync(id => Requests.Search(id, request, filter, [control]), cancellationToken).ConfigureAwait(false);
            while (true)
            {
                if (page.TryTake(out var message))
                {
                    yield return message;
                }
                else if (!await page.WaitAsync().ConfigureAwait(false))
                {
                    yield return page.Last;
                    yield break;
                }
            }
        }
    }

    /// <summary>Names the server and the search in what is wrong with a message.</summary>
    public T Decode<T>(Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (AsnContentException exception)
        {
            throw Failures.Protocol(connection.Server, SearchFilter.Operation(request), exception.Message, exception);
        }
    }
}
