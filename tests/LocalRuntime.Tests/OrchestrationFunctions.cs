using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace LdapSync.LocalRuntime.Tests;

#pragma warning disable CA1822 // functions are instance methods, as in the app

/// <summary>What activities did, and gates that they wait at.</summary>
public sealed class Journal
{
    private readonly ConcurrentDictionary<string, int> counts = new();
    private int running;

    public int Most { get; private set; }

    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count(string name) => counts.GetValueOrDefault(name);

    public int Add(string name) => counts.AddOrUpdate(name, 1, (_, count) => count + 1);

    public async Task InsideAsync(Func<Task> action)
    {
        lock (counts)
        {
            Most = Math.Max(Most, ++running);
        }

        await action();
        lock (counts)
        {
            running--;
        }
    }
}

public sealed class MarkedException(string message) : Exception(message);

public sealed record Order(int Number, string Customer);

public sealed class OrchestrationFunctions(Journal journal)
{
    [Function(nameof(Greet))]
    public string Greet([ActivityTrigger] string name) => $"Hello {name}";

    [Function(nameof(Echo))]
    public string Echo([ActivityTrigger] string text) => text;

    [Function(nameof(Fail))]
    public void Fail([ActivityTrigger] string message)
    {
        journal.Add("fail");
        throw new MarkedException(message);
    }

    [Function(nameof(FailTwice))]
    public int FailTwice([ActivityTrigger] string key) => journal.Add(key) <= 2 ? throw new MarkedException("not yet") : journal.Count(key);

    [Function(nameof(Busy))]
    public Task Busy([ActivityTrigger] int number) => journal.InsideAsync(() => Task.Delay(5));

    [Function(nameof(AtGate))]
    public async Task AtGate([ActivityTrigger] string key, CancellationToken cancellation)
    {
        journal.Add(key);
        await journal.Gate.Task.WaitAsync(cancellation);
    }

    [Function(nameof(Hello))]
    public async Task<string> Hello([OrchestrationTrigger] TaskOrchestrationContext context, string name) =>
        await context.CallActivityAsync<string>(nameof(Greet), name);

    [Function(nameof(FanOut))]
    public async Task<int> FanOut([OrchestrationTrigger] TaskOrchestrationContext context, int count)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, count).Select(i => context.CallActivityAsync<string>(nameof(Echo), $"{i}")));
        return all.Select(int.Parse).Sum();
    }

    [Function(nameof(ManyBusy))]
    public Task ManyBusy([OrchestrationTrigger] TaskOrchestrationContext context, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => context.CallActivityAsync(nameof(Busy), i)));

    [Function(nameof(Failing))]
    public Task Failing([OrchestrationTrigger] TaskOrchestrationContext context, string message) => context.CallActivityAsync(nameof(Fail), message);

    [Function(nameof(ParentOfFailing))]
    public async Task<string> ParentOfFailing([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallSubOrchestratorAsync(nameof(Failing), "boom");
            return "no failure";
        }
        catch (TaskFailedException e)
        {
            return $"{e.TaskName}|{e.FailureDetails.ErrorType}|{e.FailureDetails.InnerFailure?.ErrorType}|{e.FailureDetails.InnerFailure?.IsCausedBy<MarkedException>()}|{e.FailureDetails.InnerFailure?.ErrorMessage}";
        }
    }

    [Function(nameof(Retrying))]
    public Task<int> Retrying([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<int>(
        nameof(FailTwice), context.InstanceId, TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(10))));

    [Function(nameof(RefusingRetry))]
    public Task RefusingRetry([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync(
        nameof(Fail), "no", TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromMilliseconds(10)) { HandleFailure = f => !f.IsCausedBy<MarkedException>() }));

    [Function(nameof(RetryingByHandler))]
    public Task<int> RetryingByHandler([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<int>(
        nameof(FailTwice), context.InstanceId, TaskOptions.FromRetryHandler(c => c.LastAttemptNumber < 3 && c.LastFailure.IsCausedBy<MarkedException>()));

    [Function(nameof(Waiting))]
    public async Task<string> Waiting([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus(new { Waits = true });
        var order = await context.WaitForExternalEvent<Order>("Approve");
        return order.Customer;
    }

    [Function(nameof(Impatient))]
    public async Task<string> Impatient([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            return await context.WaitForExternalEvent<string>("never", TimeSpan.FromSeconds(1));
        }
        catch (TaskCanceledException)
        {
            return "timed out";
        }
    }

    [Function(nameof(Loop))]
    public async Task<int> Loop([OrchestrationTrigger] TaskOrchestrationContext context, int number)
    {
        await context.CallActivityAsync<string>(nameof(Echo), $"{number}");
        if (number < 20)
        {
            context.ContinueAsNew(number + 1);
        }

        return number;
    }

    [Function(nameof(Collecting))]
    public async Task<List<int>> Collecting([OrchestrationTrigger] TaskOrchestrationContext context, List<int> sofar)
    {
        sofar.Add(await context.WaitForExternalEvent<int>("number"));
        if (sofar.Count < 5)
        {
            context.ContinueAsNew(sofar);
        }

        return sofar;
    }

    [Function(nameof(ParentAtGate))]
    public Task ParentAtGate([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallSubOrchestratorAsync(
        nameof(ChildAtGate), new SubOrchestrationOptions(instanceId: context.InstanceId + "-child"));

    [Function(nameof(ChildAtGate))]
    public Task ChildAtGate([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync(nameof(AtGate), context.InstanceId);

    [Function(nameof(NotDurable))]
    public async Task NotDurable([OrchestrationTrigger] TaskOrchestrationContext context) => await Task.Delay(20);

    [Function(nameof(NotDurableBesideDurable))]
    public async Task NotDurableBesideDurable([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var forever = context.WaitForExternalEvent<string>("never");
        await Task.Delay(20);
        await forever;
    }

    [Function(nameof(Diverging))]
    public async Task Diverging([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        if (journal.Add("run of " + context.InstanceId) == 1)
        {
            await context.CallActivityAsync<string>(nameof(Echo), "first");
        }
        else
        {
            await context.CallActivityAsync<string>(nameof(Greet), "other");
        }
    }

    [Function(nameof(Identity))]
    public async Task<string> Identity([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var (id, time) = (context.NewGuid(), context.CurrentUtcDateTime);
        await context.CallActivityAsync<string>(nameof(Echo), $"{id} {time:O}");
        return await context.CallActivityAsync<string>(nameof(Echo), $"{id} {time:O}");
    }

    [Function(nameof(Missing))]
    public Task Missing([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync("NoSuchActivity", options: new TaskOptions(new RetryPolicy(9, TimeSpan.FromHours(1))));

    [Function(nameof(Sender))]
    public Task Sender([OrchestrationTrigger] TaskOrchestrationContext context, string target)
    {
        context.SendEvent(target, "approve", new Order(7, "sent"));
        return Task.CompletedTask;
    }
}
