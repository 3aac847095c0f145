using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace LdapSync.Storage.Connections;

/// <summary>
/// Stands outside the retries of a client's pipeline, and turns what is still a failure there into a
/// <see cref="StorageUnavailableException"/>: no answer, an answer of 408, 429 or 5xx, or a refused identity.
/// </summary>
internal sealed class UnavailablePolicy(string service, string role) : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception e) when (IsFailure(e) && !message.CancellationToken.IsCancellationRequested)
        {
            throw Unreachable(message, e);
        }

        ThrowWhereRefused(message);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (Exception e) when (IsFailure(e) && !message.CancellationToken.IsCancellationRequested)
        {
            throw Unreachable(message, e);
        }

        ThrowWhereRefused(message);
    }

    private static bool IsFailure(Exception e) => e switch
    {
        AggregateException several => several.InnerExceptions.All(IsFailure),
        RequestFailedException or HttpRequestException or IOException or OperationCanceledException => true,
        AuthenticationFailedException => true,
        _ => false,
    };

    private StorageUnavailableException Unreachable(HttpMessage message, Exception e)
    {
        var cause = e is AggregateException { InnerExceptions: [.., var last] } ? last : e;
        var reason = cause is OperationCanceledException ? "it did not answer in time" : cause.Message;
        return new StorageUnavailableException($"{service} at {Host(message)} cannot be reached: {reason}", e);
    }

    private void ThrowWhereRefused(HttpMessage message)
    {
        if (!message.HasResponse)
        {
            return;
        }

        var (status, reason) = (message.Response.Status, message.Response.ReasonPhrase);
        if (status is 401 or 403)
        {
            throw new StorageUnavailableException(
                $"{service} at {Host(message)} refused the identity ({status} {reason}): check the key, or give the app's identity the role '{role}'.");
        }

        if (status is 408 or 429 or >= 500)
        {
            throw new StorageUnavailableException($"{service} at {Host(message)} is not available: it answered {status} {reason}.");
        }
    }

    private static string Host(HttpMessage message) =>
        message.Request.Uri.Port is 80 or 443 or -1 ? message.Request.Uri.Host ?? "" : $"{message.Request.Uri.Host}:{message.Request.Uri.Port}";
}
