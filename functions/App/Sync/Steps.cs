using Microsoft.DurableTask;

namespace LdapSync.App.Sync;

/// <summary>How orchestrators call activities: with retries where a retry can help, and a window over big fan-outs.</summary>
internal static class Steps
{
    /// <summary>At the beginning of the message of a failure that no retry can mend. A marker in the text, because the type of an exception does not survive every host.</summary>
    public const string FinalMarker = "[final] ";

    /// <summary>At the beginning of the message when an administrator has cancelled the run.</summary>
    public const string CancelledMarker = "[final] [cancelled] ";

    /// <summary>In the message when the directory could not be reached (N5).</summary>
    public const string UnreachableMarker = "[unreachable] ";

    public static TaskOptions Retry(int seconds) => TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 3, firstRetryInterval: TimeSpan.FromSeconds(seconds), backoffCoefficient: 3)
        {
            HandleFailure = failure => !IsFinal(failure),
        });

    /// <summary>The first cause of a failure, without markers: what the run's record says.</summary>
    public static (string Message, bool Cancelled, bool Unreachable) Explain(TaskFailureDetails failure)
    {
        var cause = failure;
        while (cause.InnerFailure is not null)
        {
            cause = cause.InnerFailure;
        }

        var message = cause.ErrorMessage;
        var final = message.IndexOf(FinalMarker, StringComparison.Ordinal);
        if (final >= 0)
        {
            message = message[final..];
        }

        var unreachable = message.IndexOf(UnreachableMarker, StringComparison.Ordinal);
        if (unreachable >= 0)
        {
            return (message[(unreachable + UnreachableMarker.Length)..], false, true);
        }

        return message.StartsWith(CancelledMarker, StringComparison.Ordinal)
            ? (message[CancelledMarker.Length..], true, false)
            : (message.StartsWith(FinalMarker, StringComparison.Ordinal) ? message[FinalMarker.Length..] : message, false, false);
    }

    /// <summary>
    /// Runs one call for each item, at most <paramref name="window"/> at a time; results in the order of the items. After a failure nothing more is
    /// begun, but what runs is waited for: a run must not be closed while a part of it still writes.
    /// </summary>
    public static async Task<TResult[]> FanOutAsync<TItem, TResult>(IReadOnlyList<TItem> items, int window, Func<TItem, Task<TResult>> call)
    {
        var results = new TResult[items.Count];
        var running = new List<Task>();
        var next = 0;
        Task? failed = null;
        while ((failed is null && next < items.Count) || running.Count > 0)
        {
            while (failed is null && next < items.Count && running.Count < window)
            {
                running.Add(Keep(next++));
            }

            var finished = await Task.WhenAny(running);
            running.Remove(finished);
            failed ??= finished.IsCompletedSuccessfully ? null : finished;
        }

        if (failed is not null)
        {
            await failed;
        }

        return results;

        async Task Keep(int index) => results[index] = await call(items[index]);
    }

    private static bool IsFinal(TaskFailureDetails failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerFailure)
        {
            if (cause.ErrorMessage.Contains(FinalMarker, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
