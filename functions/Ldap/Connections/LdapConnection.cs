using System.Collections.Concurrent;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Connections;

/// <summary>A signed-in connection on which several operations may be under way: one loop receives and hands out answers by message id.</summary>
internal sealed class LdapConnection : IAsyncDisposable
{
    private readonly LdapTransport transport;
    private readonly LdapClientOptions options;
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentDictionary<int, ResponseQueue> operations = new();
    private readonly ConcurrentDictionary<int, bool> abandoned = new();
    private readonly Task receiving;
    private volatile DirectoryException? failure;
    private int paging;

    public LdapConnection(LdapTransport transport, LdapClientOptions options, TimeSpan timeout, TimeProvider time)
    {
        (this.transport, this.options, Timeout, Time) = (transport, options, timeout, time);
        receiving = ReceiveAsync();
    }

    public ServerAddress Server => transport.Server;

    /// <summary>The longest silence within an operation.</summary>
    public TimeSpan Timeout { get; }

    public TimeProvider Time { get; }

    /// <summary>Takes the connection's one place for a paged search; the result gives it back.</summary>
    /// <exception cref="InvalidOperationException">Another paged search is going on.</exception>
    public IDisposable BeginPaging() => Interlocked.Exchange(ref paging, 1) == 0
        ? new PagingPlace(this)
        : throw new InvalidOperationException("A connection carries one paged search at a time: enumerate the other one to its end, or open another session.");

    /// <summary>Sends a request; its answers arrive in the queue.</summary>
    public async Task<ResponseQueue> StartAsync(Func<int, byte[]> encode, CancellationToken cancellationToken)
    {
        var queue = new ResponseQueue(transport.NextId(), options.MaxWaitingOctets);
        operations[queue.Id] = queue;
        try
        {
            ThrowIfFailed();
            await transport.SendAsync(encode(queue.Id), cancellationToken).ConfigureAwait(false);
            return queue;
        }
        catch (Exception exception)
        {
            operations.TryRemove(queue.Id, out _);
            ThrowIfFailed();
            if (Failures.Translate(Server, "send", exception) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    /// <summary>Tells the server that nobody wants further answers (RFC 4511, section 4.11), unless the operation has ended.</summary>
    public async Task AbandonAsync(ResponseQueue queue)
    {
        abandoned[queue.Id] = true;
        if (!operations.TryRemove(queue.Id, out _) || failure is not null)
        {
            abandoned.TryRemove(queue.Id, out _);
            return;
        }

        queue.Fail(new OperationCanceledException("The operation was abandoned."));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), Time);
        try
        {
            await transport.SendAsync(Requests.Abandon(transport.NextId(), queue.Id), limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It is a courtesy: the connection is gone or about to go.
        }
    }

    public async ValueTask DisposeAsync()
    {
        failure ??= Failures.Lost(Server, "any", "it was closed by its owner");
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), Time))
        {
            try
            {
                await transport.SendAsync(Requests.Unbind(transport.NextId()), limit.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The server will notice that the connection is closed.
            }
        }

        await closing.CancelAsync().ConfigureAwait(false);
        FailAll(failure);
        await receiving.ConfigureAwait(false);
        await transport.DisposeAsync().ConfigureAwait(false);
        closing.Dispose();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            await Task.Yield();
            await transport.ReceiveAllAsync(DispatchAsync, closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure ??= exception as DirectoryException
                ?? Failures.Translate(Server, "receive", exception)
                ?? Failures.Lost(Server, "receive", exception.Message, exception);
            FailAll(failure);
        }
    }

    private ValueTask DispatchAsync(LdapMessage message)
    {
        if (message.Id == 0)
        {
            throw transport.Disconnected(message, "receive");
        }

        if (operations.TryGetValue(message.Id, out var queue))
        {
            var more = queue.AddAsync(message);
            if (queue.Last is not null)
            {
                operations.TryRemove(message.Id, out _);
            }

            return more;
        }

        return abandoned.ContainsKey(message.Id)
            ? ValueTask.CompletedTask
            : throw Failures.Protocol(Server, "receive", $"a message has id {message.Id}, for which nothing was asked.");
    }

    private void FailAll(DirectoryException exception)
    {
        foreach (var queue in operations.Values)
        {
            queue.Fail(exception);
        }
    }

    private void ThrowIfFailed()
    {
        if (failure is { } exception)
        {
            throw new DirectoryException(exception.Failure, exception.Server, exception.Operation, exception.Message, exception)
            {
                ResultCode = exception.ResultCode,
            };
        }
    }

    private sealed class PagingPlace(LdapConnection connection) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref connection.paging, 0);
    }
}
