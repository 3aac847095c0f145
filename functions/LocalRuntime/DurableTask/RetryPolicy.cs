namespace Microsoft.DurableTask;

/// <summary>Declarative retries: <c>n</c> attempts, the wait between them growing by a factor up to a limit.</summary>
public class RetryPolicy
{
    private readonly Func<TaskFailureDetails, bool>? handleFailure;

    /// <param name="maxNumberOfAttempts">Attempts in all, at least 1.</param>
    /// <param name="firstRetryInterval">The wait before the second attempt, above zero.</param>
    /// <param name="backoffCoefficient">What each wait is multiplied by for the next, at least 1.</param>
    /// <param name="maxRetryInterval">The longest wait; an hour when null.</param>
    /// <param name="retryTimeout">No further attempt begins this long after the first; no limit when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of the values is outside its range.</exception>
    public RetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNumberOfAttempts);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(backoffCoefficient, 1.0);
        RefuseShorter(maxRetryInterval, firstRetryInterval, nameof(maxRetryInterval));
        RefuseShorter(retryTimeout, firstRetryInterval, nameof(retryTimeout));
        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval ?? TimeSpan.FromHours(1);
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
    }

    public int MaxNumberOfAttempts { get; }

    public TimeSpan FirstRetryInterval { get; }

    public double BackoffCoefficient { get; }

    public TimeSpan MaxRetryInterval { get; }

    public TimeSpan RetryTimeout { get; }

    /// <summary>Whether a failure may be retried at all; every one may when this is not set.</summary>
    public Func<TaskFailureDetails, bool> HandleFailure
    {
        init => handleFailure = value;
    }

    internal bool MayRetry(TaskFailureDetails failure) => handleFailure?.Invoke(failure) ?? true;

    private static void RefuseShorter(TimeSpan? value, TimeSpan first, string name)
    {
        if (value < first && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, $"It must be at least the first retry interval, {first}.");
        }
    }
}
