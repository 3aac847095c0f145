using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using LdapSync.Ldap.Connections;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Reading;

/// <summary>
/// The page that is being taken and, once its result is there, the next page that was asked for meanwhile. Abandons on disposal what has not
/// ended, and fails when the server is silent for too long.
/// </summary>
internal sealed class PageInProgress : IAsyncDisposable
{
    private readonly LdapConnection connection;
    private readonly string operation;
    private readonly string searchBase;
    private readonly ITimer silence;
    private ResponseQueue? current;
    private ResponseQueue? next;
    private volatile Exception? failure;

    public PageInProgress(LdapConnection connection, string operation, string searchBase)
    {
        (this.connection, this.operation, this.searchBase) = (connection, operation, searchBase);
        silence = connection.Time.CreateTimer(
            _ => Fail(Failures.TimedOut(connection.Server, operation, connection.Timeout)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The result of the page that ended last.</summary>
    public LdapResult? Result { get; private set; }

    /// <summary>The server said that there is no further page.</summary>
    public bool IsLast { get; private set; }

    /// <summary>The current page's result was noticed: nothing follows what waits in its queue.</summary>
    public bool IsAtEnd => Result is not null;

    /// <summary>The message that ended the current page.</summary>
    public LdapMessage Last => current!.Last!.Value;

    public async Task StartAsync(Func<int, byte[]> encode, CancellationToken cancellationToken)
    {
        var queue = await connection.StartAsync(encode, cancellationToken).ConfigureAwait(false);
        if (current is null)
        {
            current = queue;
        }
        else
        {
            next = queue;
        }

        if (failure is { } exception)
        {
            queue.Fail(exception);
        }
    }

    /// <summary>Takes notice, once, of the current page's result.</summary>
    /// <exception cref="LdapSync.Core.Reading.DirectoryException">The result is neither success nor a limit.</exception>
    public bool TryFinish(out ReadOnlyMemory<byte> cookie)
    {
        cookie = default;
        if (Result is not null || current!.Last is not { } last)
        {
            return false;
        }

        try
        {
            if (last.Operation != LdapOperation.SearchResultDone)
            {
                throw Failures.Protocol(connection.Server, operation, $"a search was answered by a {last.Operation}.");
            }

            Result = LdapResult.Read(last);
            cookie = PagedResults.ReadCookie(last.ReadControls());
        }
        catch (AsnContentException exception)
        {
            throw Failures.Protocol(connection.Server, operation, exception.Message, exception);
        }

        if (Result.Code is not (ResultCodes.Success or ResultCodes.SizeLimitExceeded or ResultCodes.TimeLimitExceeded or ResultCodes.AdminLimitExceeded))
        {
            throw Failures.FromResult(connection.Server, operation, Result, searchBase);
        }

        if (Result.Code != ResultCodes.Success)
        {
            cookie = default;
        }

        IsLast = Result.Code == ResultCodes.Success && cookie.IsEmpty;
        return true;
    }

    public bool TryTake([MaybeNullWhen(false)] out LdapMessage message) => current!.TryTake(out message);

    /// <summary>Waits for an answer or the end of the page.</summary>
    public async ValueTask<bool> WaitAsync()
    {
        var wait = current!.WaitAsync();
        if (wait.IsCompleted)
        {
            return await wait.ConfigureAwait(false);
        }

        silence.Change(connection.Timeout, Timeout.InfiniteTimeSpan);
        var more = await wait.ConfigureAwait(false);
        silence.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return more;
    }

    /// <summary>Goes on with the page that was asked for meanwhile; false when there is none.</summary>
    public bool MoveToNext()
    {
        if (next is null)
        {
            return false;
        }

        (current, next, Result) = (next, null, null);
        return true;
    }

    public void LiftLimit()
    {
        current!.LiftLimit();
        next?.LiftLimit();
    }

    public void Fail(Exception exception)
    {
        failure ??= exception;
        current?.Fail(exception);
        next?.Fail(exception);
    }

    public async ValueTask DisposeAsync()
    {
        await silence.DisposeAsync().ConfigureAwait(false);
        foreach (var queue in new[] { current, next })
        {
            if (queue is { Last: null })
            {
                await connection.AbandonAsync(queue).ConfigureAwait(false);
            }
        }
    }
}
