using DurableTask.Core.Exceptions;

namespace LdapSync.LocalRuntime.Engine;

internal sealed partial class OrchestrationInstance
{
    private const int BatchBytes = 2 * 1024 * 1024;
    private readonly Lock gate = new();
    private readonly Queue<Message> inbox = new();
    private bool pumping;

    public Task<bool> SendAsync(Message message)
    {
        Post(message);
        return message.Done.Task;
    }

    public void Post(Message message)
    {
        lock (gate)
        {
            inbox.Enqueue(message);
            if (pumping)
            {
                return;
            }

            pumping = true;
        }

        _ = Task.Run(PumpAsync);
    }

    /// <summary>Messages wait until <see cref="Release"/>, so that nothing changes meanwhile. For an instance that has had none.</summary>
    public void Hold()
    {
        lock (gate)
        {
            pumping = true;
        }
    }

    public void Release() => _ = Task.Run(PumpAsync);

    private async Task PumpAsync()
    {
        while (NextBatch() is { } batch)
        {
            try
            {
                var met = await HandleAsync(batch);
                batch.ForEach(message => message.Done.TrySetResult(met));
            }
            catch (OrchestrationAlreadyExistsException e)
            {
                batch.ForEach(message => message.Done.TrySetException(e));
            }
#pragma warning disable CA1031 // the loop must go on; the failure is logged and told to whoever asked
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (!engine.IsStopped)
                {
                    engine.LogInstanceFailed(instanceId, e);
                    await GiveUpAsync(batch[0], e);
                }

                batch.ForEach(message => message.Done.TrySetException(e));
            }
        }
    }

    /// <summary>One message, or several that came in one after the other; null when the loop is to end.</summary>
    private List<Message>? NextBatch()
    {
        lock (gate)
        {
            while (engine.IsStopped && inbox.TryDequeue(out var left))
            {
                // Nobody will answer it; whoever waits must not wait for ever.
                left.Done.TrySetCanceled(engine.Stopping);
            }

            List<Message> batch = [];
            for (var bytes = 0; inbox.TryPeek(out var next) && bytes <= BatchBytes && (batch.Count == 0 || (batch[0] is Message.Incoming && next is Message.Incoming));)
            {
                bytes += (next as Message.Incoming)?.Event?.Data?.Length ?? 0;
                batch.Add(inbox.Dequeue());
            }

            pumping = batch.Count > 0;
            return pumping ? batch : null;
        }
    }

    private async Task<bool> HandleAsync(List<Message> batch)
    {
        try
        {
            return await TakeAsync(batch);
        }
        catch (InstanceTakenException) when (!caughtUp)
        {
            await CatchUpAsync();
            return await TakeAsync(batch);
        }
    }

    private Task<bool> TakeAsync(List<Message> batch) => batch[0] switch
    {
        Message.Start start => StartAsync(start),
        Message.Terminate terminate => TerminateAsync(terminate),
        Message.Suspend suspend => SuspendAsync(suspend),
        Message.Purge => PurgeAsync(),
        Message.Delivered => DeliveredAsync(),
        Message.Fault fault => FaultAsync(fault),
        _ => StepAsync([.. batch.Cast<Message.Incoming>()]),
    };
}
