using Azure;

namespace LdapSync.LocalRuntime.Engine;

internal static class StorageFailures
{
    /// <summary>How often what nobody foresaw is tried: it may be the fault of what is asked.</summary>
    private const int UnforeseenAttempts = 5;

    /// <summary>
    /// Whether it is worth asking again. Not when the storage says that what was asked is wrong. A pipeline that gave up on time-outs says so
    /// with exceptions of its own.
    /// </summary>
    public static bool MayPass(Exception e, int attempt) => e switch
    {
        InstanceTakenException => false,
        RequestFailedException refused => refused.Status is not (400 or 404 or 409 or 412 or 413),
        AggregateException several => several.InnerExceptions.All(inner => MayPass(inner, attempt)),
        OperationCanceledException or HttpRequestException or IOException => true,
        _ => attempt < UnforeseenAttempts,
    };
}
