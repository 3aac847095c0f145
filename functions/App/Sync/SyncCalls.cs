using Microsoft.DurableTask;

namespace LdapSync.App.Sync;

/// <summary>The phases of a run as people see them.</summary>
internal static class Phases
{
    public const string Reading = "reading";
    public const string Planning = "planning";
    public const string WaitingForApproval = "waitingForApproval";
    public const string Applying = "applying";

    public static readonly IReadOnlyList<string> InOrder = [Reading, Planning, Applying];
}

/// <summary>A person's answer to a plan over a limit (G2), bound to the plan's hash.</summary>
public sealed record Approval(bool Approved, string PlanHash);

/// <summary>What the orchestrator says about itself while it runs.</summary>
public sealed record SyncStatus(string Phase);

/// <summary>The orchestration's context with what every call of a run shares.</summary>
internal sealed class SyncCalls(TaskOrchestrationContext context, SyncRequest request, TaskOptions retry)
{
    public SyncRequest Request => request;

    public void Phase(string phase) => context.SetCustomStatus(new SyncStatus(phase));

    public Task<T> ActivityAsync<T>(string name, object input) => context.CallActivityAsync<T>(name, input, retry);
}
