namespace LdapSync.Notifications;

/// <summary>A message was not taken. The text is for administrators and says what the other side answered.</summary>
/// <param name="message">What happened.</param>
/// <param name="canRetry">False: the same message to the same recipient will never be taken.</param>
public sealed class DeliveryException(string message, bool canRetry, Exception? inner = null) : Exception(message, inner)
{
    public bool CanRetry { get; } = canRetry;

    /// <summary>How long the other side asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
