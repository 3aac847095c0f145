using Microsoft.DurableTask;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>The orchestrator, run again, does not ask for what its history says it asked for.</summary>
internal sealed class NonDeterminismException(string what)
    : Exception($"Non-Deterministic workflow detected: {what} The orchestrator changed since it began, or it depends on a clock, random values or I/O.");

internal static class Failures
{
    public const string NonDeterminism = "DurableTask.Core.Exceptions.NonDeterministicOrchestrationException";

    /// <summary>As the Functions host stores it: the cause of a failed call is the inner failure of a <see cref="TaskFailedException"/>.</summary>
    public static TaskFailureDetails Of(Exception exception) => exception switch
    {
        NonDeterminismException => new(NonDeterminism, exception.Message, null, null, null),
        TaskFailedException failed => TaskFailureDetails.FromException(exception) with { InnerFailure = failed.FailureDetails },
        AggregateException { InnerExceptions.Count: 1 } one => TaskFailureDetails.FromException(exception) with { InnerFailure = Of(one.InnerExceptions[0]) },
        _ => TaskFailureDetails.FromException(exception),
    };

    public static TaskFailureDetails Missing(string kind, string name) =>
        new(Retrying.Missing, $"The {kind} function '{name}' does not exist, is disabled, or is not an {kind} function.", null, null, null);
}
