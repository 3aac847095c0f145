using System.Net;
using System.Net.Http.Headers;
using LdapSync.Core.Notifications;
using LdapSync.Core.Settings;

namespace LdapSync.Notifications.Webhooks;

/// <param name="Url">A secret: with those of Teams and Slack, who has it may write.</param>
/// <param name="Key">What the body is signed with; null: not signed.</param>
public sealed record WebhookTarget(string Url, string? Key, WebhookShape Shape);

/// <summary>Calls webhooks. Redirections are not followed: the body and its signature are for whom they were meant.</summary>
public sealed class WebhookSender : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    private readonly TimeSpan timeout;
    private readonly TimeProvider time;

    public WebhookSender(TimeSpan timeout, TimeProvider time)
    {
        (this.timeout, this.time) = (timeout, time);
        http.Timeout = Timeout.InfiniteTimeSpan;
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("LdapSync", "1"));
    }

    /// <summary>Returns when the other side has answered with a success.</summary>
    /// <exception cref="DeliveryException">It has not.</exception>
    public async Task SendAsync(WebhookTarget target, Delivery delivery, Notification notification, string linkBase, CancellationToken cancellationToken)
    {
        var host = new Uri(target.Url).Host;
        var body = WebhookBody.Of(target.Shape, delivery, notification, linkBase);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        request.Headers.Add("X-LdapSync-Delivery", delivery.Id);
        request.Headers.Add("X-LdapSync-Kind", notification.Kind.ToString());
        if (!string.IsNullOrEmpty(target.Key))
        {
            request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(target.Key, time.GetUtcNow(), body));
        }

        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!answer.IsSuccessStatusCode)
            {
                throw new DeliveryException($"The webhook at {host} answered {(int)answer.StatusCode}.", CanRetry(answer.StatusCode))
                {
                    RetryAfter = answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null,
                };
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryException($"The webhook at {host} did not answer within {timeout.TotalSeconds:0} s.", canRetry: true);
        }
        catch (HttpRequestException failure)
        {
            throw new DeliveryException($"The webhook at {host} cannot be reached ({failure.HttpRequestError}).", canRetry: true, failure);
        }
    }

    public void Dispose() => http.Dispose();

    // 401 and 403 are mended by a new key or address, 404 by a webhook that is switched on again: tried until given up.
    private static bool CanRetry(HttpStatusCode status) => status is not (HttpStatusCode.BadRequest or HttpStatusCode.Gone or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType);
}
