using Grpc.Core;
using LdapSync.LocalRuntime.Hosting;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>The durable client, straight on the engine of the same process.</summary>
internal sealed class LocalDurableClient(DurableEngine engine, DurableData data, HostAddress address) : DurableTaskClient(engine.Hub), IHostAddress
{
    public string HttpBaseUrl => address.Url;

    public string? Key => address.DurableKey;

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        var id = options?.InstanceId ?? engine.NewId();
        Payload.CheckInstanceId(id);
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        var text = Payload.Of(data.Converter, input, $"the input of orchestrator '{orchestratorName}'");
        var started = new HistoryEvent { Kind = EventKind.Started, Name = orchestratorName.Name, Data = text };
        await engine.Get(id).SendAsync(new Message.Start(
            orchestratorName.Name, started, null, options?.StartAt, options?.Tags ?? new Dictionary<string, string>(),
            options?.Version?.Version ?? "", options?.DedupeStatuses)).WaitAsync(cancellation);
        return id;
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var text = Payload.Of(data.Converter, eventPayload, $"event '{eventName}'");
        return SendAsync(instanceId, new Message.Incoming(new HistoryEvent { Kind = EventKind.EventRaised, Name = eventName, Data = text }, null), cancellation);
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new Message.Terminate(Payload.Of(data.Converter, options?.Output, "the output"), options?.Recursive == true), cancellation);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new Message.Suspend(Resume: false), cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new Message.Suspend(Resume: true), cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, state => state.Status != OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, state => state.IsEnded, getInputsAndOutputs, cancellation);

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        return engine.Find(instanceId)?.State is { } state ? await DescribeAsync(state, getInputsAndOutputs, cancellation) : null;
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        new InstancePages(engine, filter ?? new OrchestrationQuery(), DescribeAsync);

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        if (engine.Find(instanceId) is not { State: { } state } instance)
        {
            return new PurgeResult(0);
        }

        var count = 0;
        foreach (var child in options?.Recursive == true && state.IsEnded ? engine.ChildrenOf(state) : [])
        {
            count += (await PurgeInstanceAsync(child.InstanceId, options, cancellation)).PurgedInstanceCount;
        }

        return new PurgeResult(count + (await instance.SendAsync(new Message.Purge()).WaitAsync(cancellation) ? 1 : 0));
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        var query = new OrchestrationQuery(filter.CreatedFrom, filter.CreatedTo, filter.Statuses);
        var count = 0;
        foreach (var state in InstancePages.Matching(engine, query).Where(state => state.IsEnded))
        {
            count += (await PurgeInstanceAsync(state.InstanceId, options, cancellation)).PurgedInstanceCount;
        }

        return new PurgeResult(count);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task SendAsync(string instanceId, Message message, CancellationToken cancellation)
    {
        await engine.Ready.WaitAsync(cancellation);
        if (engine.Find(instanceId) is not { } instance || !await instance.SendAsync(message).WaitAsync(cancellation))
        {
            throw new RpcException(new Status(StatusCode.NotFound, $"No orchestration instance with the id '{instanceId}' was found."));
        }
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, Func<InstanceState, bool> isEnough, bool getInputsAndOutputs, CancellationToken cancellation)
    {
        await engine.Ready.WaitAsync(cancellation);
        var instance = engine.Get(instanceId);
        while (true)
        {
            var changed = instance.Changed;
            if (instance.State is { } state && isEnough(state))
            {
                return await DescribeAsync(state, getInputsAndOutputs, cancellation);
            }

            await changed.WaitAsync(cancellation);
        }
    }

    private async Task<OrchestrationMetadata> DescribeAsync(InstanceState state, bool getInputsAndOutputs, CancellationToken cancellation)
    {
        var (input, output) = (state.Input, state.Output);
        if (getInputsAndOutputs && (state.InputInHistory || state.OutputInHistory))
        {
            var records = await engine.Store.ReadHistoryAsync(state.InstanceId, state.Generation, state.Steps, cancellation);
            input = state.InputInHistory ? records.FirstOrDefault()?.Events[0].Data : input;
            var end = state.OutputInHistory ? records.LastOrDefault()?.Actions.LastOrDefault() : null;
            output = end is null ? output : end.Failure?.ToString() ?? end.Data;
        }

        return new OrchestrationMetadata(state.Name, state.InstanceId)
        {
            DataConverter = getInputsAndOutputs ? data.Converter : null,
            RuntimeStatus = state.Status,
            CreatedAt = state.Created,
            LastUpdatedAt = state.Updated,
            SerializedInput = getInputsAndOutputs ? input : null,
            SerializedOutput = getInputsAndOutputs ? output : null,
            SerializedCustomStatus = getInputsAndOutputs ? state.CustomStatus : null,
            Tags = state.Tags,
        };
    }
}
