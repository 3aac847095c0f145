using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using LdapSync.Ldap.Protocol;

namespace LdapSync.Ldap.Connections;

/// <summary>
/// The answers to one request, between the connection that receives them and the reader that wants them. It is bounded by octets:
/// above the limit the connection waits, and so, through TCP, does the server.
/// </summary>
internal sealed class ResponseQueue(int id, int maxWaitingOctets)
{
    private readonly Channel<LdapMessage> messages = Channel.CreateUnbounded<LdapMessage>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly Lock roomLock = new();
    private TaskCompletionSource? room;
    private LdapMessage last;
    private volatile bool ended;
    private volatile bool unlimited;
    private volatile Exception? failure;
    private long waiting;

    public int Id => id;

    /// <summary>The message that ended the operation, as soon as it is there, ahead of answers that still wait.</summary>
    public LdapMessage? Last => ended ? last : null;

    /// <summary>The connection adds an answer; the task ends when there is room for another.</summary>
    public ValueTask AddAsync(LdapMessage message)
    {
        if (message.Operation is not (LdapOperation.SearchResultEntry or LdapOperation.SearchResultReference or LdapOperation.IntermediateResponse))
        {
            last = message;
            ended = true;
            messages.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        messages.Writer.TryWrite(message);
        return Interlocked.Add(ref waiting, message.Buffer.Length) <= maxWaitingOctets || unlimited ? ValueTask.CompletedTask : WaitForRoomAsync();
    }

    /// <summary>The next answer if it is there already.</summary>
    /// <exception cref="LdapSync.Core.Reading.DirectoryException">The connection failed; answers that still wait are not given out.</exception>
    public bool TryTake([MaybeNullWhen(false)] out LdapMessage message)
    {
        ThrowIfFailed();
        if (messages.Reader.TryRead(out message))
        {
            if (Interlocked.Add(ref waiting, -message.Buffer.Length) <= maxWaitingOctets / 2 && room is not null)
            {
                GiveRoom();
            }

            return true;
        }

        return false;
    }

    /// <summary>Waits for an answer; false when the operation has ended and everything was taken.</summary>
    public async ValueTask<bool> WaitAsync()
    {
        if (room is not null)
        {
            GiveRoom();
        }

        var more = await messages.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false);
        ThrowIfFailed();
        return more;
    }

    /// <summary>From now on the connection does not wait for this reader, who waits for another operation on the same connection.</summary>
    public void LiftLimit()
    {
        unlimited = true;
        GiveRoom();
    }

    /// <summary>Ends the operation for its reader.</summary>
    public void Fail(Exception exception)
    {
        failure ??= exception;
        messages.Writer.TryComplete();
        LiftLimit();
    }

    private void ThrowIfFailed()
    {
        if (failure is { } exception)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);
        }
    }

    private async ValueTask WaitForRoomAsync()
    {
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (roomLock)
        {
            room = given;
        }

        if (Interlocked.Read(ref waiting) <= maxWaitingOctets / 2 || unlimited)
        {
            GiveRoom();
        }

        await given.Task.ConfigureAwait(false);
    }

    private void GiveRoom()
    {
        lock (roomLock)
        {
            room?.TrySetResult();
            room = null;
        }
    }
}
