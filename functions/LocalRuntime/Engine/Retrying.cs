using Microsoft.DurableTask;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>Retries by policy or handler, out of durable timers and repeated calls.</summary>
internal static class Retrying
{
    /// <summary>A call of something that the app does not have; trying again cannot help.</summary>
    public const string Missing = "Microsoft.DurableTask.TaskNotFound";

    public static Task<T> RunAsync<T>(TaskOrchestrationContext context, TaskRetryOptions? retry, Func<Task<T>> call) => retry switch
    {
        { Policy: { } policy } => ByPolicyAsync(context, policy, call),
        { Handler: { } handler } => ByHandlerAsync(context, handler, call),
        _ => call(),
    };

    /// <summary>The wait before the attempt after number <paramref name="attempt"/> (from 1), or null when there is to be none.</summary>
    public static TimeSpan? Delay(RetryPolicy policy, int attempt, DateTime firstAttempt, DateTime now, TaskFailureDetails failure)
    {
        var ended = policy.RetryTimeout != Timeout.InfiniteTimeSpan && now >= firstAttempt + policy.RetryTimeout;
        if (attempt >= policy.MaxNumberOfAttempts || ended || failure.ErrorType == Missing || !policy.MayRetry(failure))
        {
            return null;
        }

        var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? double.MaxValue : policy.MaxRetryInterval.TotalMilliseconds;
        return TimeSpan.FromMilliseconds(Math.Min(milliseconds, Math.Min(longest, TimeSpan.FromDays(3650).TotalMilliseconds)));
    }

    private static async Task<T> ByPolicyAsync<T>(TaskOrchestrationContext context, RetryPolicy policy, Func<Task<T>> call)
    {
        var first = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan delay;
            try
            {
                return await call();
            }
            catch (TaskFailedException e) when (Delay(policy, attempt, first, context.CurrentUtcDateTime, e.FailureDetails) is { } wait)
            {
                delay = wait;
            }

            await context.CreateTimer(delay, CancellationToken.None);
        }
    }

    private static async Task<T> ByHandlerAsync<T>(TaskOrchestrationContext context, AsyncRetryHandler handler, Func<Task<T>> call)
    {
        var first = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException e)
            {
                var last = new RetryContext(context, attempt, e.FailureDetails, context.CurrentUtcDateTime - first, CancellationToken.None);
                if (e.FailureDetails.ErrorType == Missing || !await handler(last))
                {
                    throw;
                }
            }
        }
    }
}
