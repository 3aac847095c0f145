using System.Text.Json;
using LdapSync.LocalRuntime.Engine;
using LdapSync.LocalRuntime.Hosting;
using LdapSync.LocalRuntime.Testing;
using LdapSync.TestBed;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.LocalRuntime.Tests;

/// <summary>A host takes up what another left, as the other had written it.</summary>
public sealed class RecoveryTests(Storage storage) : IAsyncDisposable
{
    private readonly string hub = Storage.NewHub();
    private readonly Journal journal = new();
    private TableProxy? proxy;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    private InstanceStore Store => new HubTables(new HostSettings
    {
        HubName = hub,
        RoutePrefix = "",
        Port = 0,
        KeysFolder = "",
        Storage = storage.ConnectionString,
    }).Instances;

    public async ValueTask DisposeAsync()
    {
        if (proxy is not null)
        {
            await proxy.DisposeAsync();
        }
    }

    /// <summary>The former host ended before the parent had stored its child's end.</summary>
    [Fact]
    public async Task Parent_OfAnEndedChildThatCannotBeRead_IsToldLater()
    {
        await Store.CreateTableAsync(Limit);
        await WriteAsync("p", nameof(OrchestrationFunctions.ParentAtGate), state => state, Sub("p-child"));
        var link = new ParentLink(nameof(OrchestrationFunctions.ParentAtGate), "p", 1, 0);
        await WriteAsync("p-child", nameof(OrchestrationFunctions.ChildAtGate), state => Completed(state) with { Parent = link }, End(0));
        proxy = await TableProxy.StartAsync(storage.Azurite);
        proxy.FailNext(FailureMode.Forbidden, 1, request => IsReadOf(request, "p-child"));
        await using var host = await StartAsync(proxy.ConnectionString);

        var ended = await host.Client.WaitForInstanceCompletionAsync("p", Limit);

        Assert.Equal((OrchestrationRuntimeStatus.Completed, 1), (ended.RuntimeStatus, (int)proxy.Failed));
    }

    /// <summary>An event for the second instance goes out while its own outbox is still being read, for half a second.</summary>
    [Fact]
    public async Task Instance_ThatGetsAnEventWhileItIsTakenUp_ActsOnce()
    {
        await Store.CreateTableAsync(Limit);
        await WriteAsync("a", nameof(OrchestrationFunctions.Sender), state => Completed(state) with { Outbox = "1/0" }, Send("b", "Approve", 0), End(1));
        await WriteAsync("b", nameof(RefusalFunctions.SendsThenActs), state => state with { Outbox = "1/0" }, Send("nobody", "any", 0));
        proxy = await TableProxy.StartAsync(storage.Azurite);
        var reads = 0;
        proxy.FailNext(FailureMode.Stall, 1, request => IsReadOf(request, "b") && ++reads == 2);
        await using var host = await StartAsync(proxy.ConnectionString);

        journal.Gate.SetResult();
        var ended = await host.Client.WaitForInstanceCompletionAsync("b", Limit);

        Assert.Equal((OrchestrationRuntimeStatus.Completed, 1), (ended.RuntimeStatus, (int)proxy.Failed));
        Assert.Equal(1, journal.Count("b"));
    }

    /// <summary>The storage carries out a request of a host that has ended only after the next host has read the instances.</summary>
    [Fact]
    public async Task WriteOfAFormerHost_ThatComesLate_IsTakenUp()
    {
        await using var host = await StartAsync(storage.ConnectionString);
        await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.Waiting), new StartOrchestrationOptions("w"), Limit);
        await host.Client.WaitForInstanceStartAsync("w", Limit);
        var approved = new HistoryEvent { Kind = EventKind.EventRaised, Name = "Approve", Data = Data("late") };
        await WriteLateAsync("w", state => state, new StepRecord(default, [approved], [], Executed: false));

        await host.Client.RaiseEventAsync("w", "other", null, Limit);

        Assert.Equal("late", (await host.Client.WaitForInstanceCompletionAsync("w", true, Limit)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task EndOfAChild_WrittenLateByAFormerHost_IsToldToItsParent()
    {
        await using var host = await StartAsync(storage.ConnectionString);
        await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(OrchestrationFunctions.ParentAtGate), new StartOrchestrationOptions("p"), Limit);
        await host.Client.WaitForInstanceStartAsync("p-child", Limit);
        var done = new HistoryEvent { Kind = EventKind.TaskCompleted, Id = 0 };
        await WriteLateAsync("p-child", Completed, new StepRecord(default, [done], [End(1)], Executed: true));

        journal.Gate.SetResult();

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Client.WaitForInstanceCompletionAsync("p", Limit)).RuntimeStatus);
    }

    private static string Data(string customer) => JsonSerializer.Serialize(new Order(1, customer));

    private static HistoryEvent Sub(string instance) =>
        new() { Kind = EventKind.SubCreated, Name = nameof(OrchestrationFunctions.ChildAtGate), Instance = instance };

    private static HistoryEvent Send(string target, string name, int id) =>
        new() { Kind = EventKind.EventSent, Id = id, Name = name, Instance = target, Data = Data("sent") };

    private static HistoryEvent End(int id) => new() { Kind = EventKind.Ended, Id = id };

    private static InstanceState Completed(InstanceState state) => state with { Status = OrchestrationRuntimeStatus.Completed };

    private static bool IsReadOf(HttpRequest request, string instance) =>
        request.Method == "GET" && request.Query["$filter"].ToString().Contains($"'{instance}'", StringComparison.Ordinal);

    /// <summary>An instance that has taken its first step.</summary>
    private async Task WriteAsync(string id, string name, Func<InstanceState, InstanceState> with, params HistoryEvent[] actions)
    {
        var now = TimeProvider.System.GetUtcNow();
        var started = new HistoryEvent { Kind = EventKind.Started, Name = name };
        var state = new InstanceState { InstanceId = id, Name = name, Status = OrchestrationRuntimeStatus.Running, Created = now, Updated = now, Steps = 1 };
        await Store.CommitAsync(with(state), default, [(1, 0, new StepRecord(now.UtcDateTime, [started], actions, Executed: true))], Limit);
    }

    private async Task WriteLateAsync(string id, Func<InstanceState, InstanceState> with, StepRecord record)
    {
        var (state, etag) = Assert.Single(await Store.ReadStatesAsync(Limit), row => row.State.InstanceId == id);
        record = record with { Time = TimeProvider.System.GetUtcNow().UtcDateTime };
        await Store.CommitAsync(with(state) with { Steps = state.Steps + 1, CommitId = "former" }, etag, [(1, state.Steps, record)], Limit);
    }

    private Task<FunctionsTestHost> StartAsync(string connection) => storage.StartAsync(
        [typeof(OrchestrationFunctions), typeof(RefusalFunctions)],
        hub,
        new() { ["AzureWebJobsStorage"] = connection, ["LocalRuntime:StorageTimeoutSeconds"] = "0.5" },
        builder => builder.Services.AddSingleton(journal));
}
