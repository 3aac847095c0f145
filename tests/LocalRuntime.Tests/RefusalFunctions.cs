using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace LdapSync.LocalRuntime.Tests;

#pragma warning disable CA1822 // functions are instance methods, as in the app

/// <summary>An order whose number must be even.</summary>
public sealed record EvenOrder
{
    public EvenOrder(int number) => Number = int.IsEvenInteger(number) ? number : throw new ArgumentException($"{number} is odd.", nameof(number));

    public int Number { get; }
}

/// <summary>Orchestrations for which the storage, or what they read, makes trouble.</summary>
public sealed class RefusalFunctions(Journal journal)
{
    /// <summary>More than the storage takes as one property.</summary>
    public static readonly string TooLong = new('x', 40_000);

    [Function(nameof(ParentOfHello))]
    public Task<string> ParentOfHello([OrchestrationTrigger] TaskOrchestrationContext context, string name) =>
        context.CallSubOrchestratorAsync<string>(nameof(OrchestrationFunctions.Hello), name);

    [Function(nameof(ParentOfTooLong))]
    public Task ParentOfTooLong([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallSubOrchestratorAsync(
        nameof(OrchestrationFunctions.Hello), new SubOrchestrationOptions { Version = new TaskVersion(TooLong) });

    [Function(nameof(TooLongVersion))]
    public void TooLongVersion([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.ContinueAsNew(new ContinueAsNewOptions { NewVersion = TooLong });

    [Function(nameof(ReadsOutcome))]
    public Task ReadsOutcome([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<EvenOrder>(nameof(EchoOrder), new Order(3, "odd"));

    [Function(nameof(ReadsEvent))]
    public Task ReadsEvent([OrchestrationTrigger] TaskOrchestrationContext context) => context.WaitForExternalEvent<EvenOrder>("order");

    [Function(nameof(StartsThenSends))]
    public async Task<string> StartsThenSends([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var id = context.InstanceId + "-child";
        var child = context.CallSubOrchestratorAsync<string>(nameof(OrchestrationFunctions.Waiting), new SubOrchestrationOptions(instanceId: id));
        await context.WaitForExternalEvent<string>("go");
        context.SendEvent(id, "Approve", new Order(1, "sent"));
        return await child;
    }

    [Function(nameof(SendsThenActs))]
    public async Task SendsThenActs([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SendEvent("nobody", "any", 1);
        await context.WaitForExternalEvent<Order>("Approve");
        await context.CallActivityAsync(nameof(OrchestrationFunctions.AtGate), context.InstanceId);
    }

    [Function(nameof(EchoesAtGate))]
    public Task<string> EchoesAtGate([OrchestrationTrigger] TaskOrchestrationContext context, string text) =>
        context.CallActivityAsync<string>(nameof(EchoAtGate), text);

    [Function(nameof(EchoOrder))]
    public Order EchoOrder([ActivityTrigger] Order order) => order;

    /// <summary>It does not look at its token, so that it can outlive its orchestration.</summary>
    [Function(nameof(EchoAtGate))]
    public async Task<string> EchoAtGate([ActivityTrigger] string text)
    {
        journal.Add(text);
        await journal.Gate.Task;
        return text;
    }
}
