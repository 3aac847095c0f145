using LdapSync.App.Api;
using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Notifications;

/// <summary>The installation's mail server, and trying it and the webhooks.</summary>
public sealed class MailFunctions(ApiCalls calls, MailEditor editor, WebhookTrial webhooks)
{
    [Function("GetMail")]
    [ApiOperation("The mail server, without its password", Access = Access.Reader, Response = typeof(MailView))]
    public Task<IResult> GetMail([HttpTrigger(AuthorizationLevel.Function, "get", Route = "mail")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await editor.GetAsync(cancellationToken)));

    [Function("SaveMail")]
    [ApiOperation("Sets the mail server", Access = Access.Administrator, Request = typeof(MailBody), Response = typeof(MailView))]
    public Task<IResult> SaveMail([HttpTrigger(AuthorizationLevel.Function, "put", Route = "mail")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
            ApiCalls.Json(await editor.SaveAsync(await ApiRequest.ReadAsync<MailBody>(request, cancellationToken), cancellationToken)));

    [Function("DeleteMail")]
    [ApiOperation("Removes the mail server: nothing is sent by e-mail any more", Access = Access.Administrator, Status = 204)]
    public Task<IResult> DeleteMail([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "mail")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            await editor.DeleteAsync(cancellationToken);
            return Results.NoContent();
        });

    [Function("TestMail")]
    [ApiOperation("Sends a test message at once", Access = Access.Administrator, Request = typeof(MailTestBody), Response = typeof(MailTestView))]
    public Task<IResult> TestMail([HttpTrigger(AuthorizationLevel.Function, "post", Route = "mail/test")] HttpRequest request) =>
        calls.RunAsync(request, async cancellationToken =>
            ApiCalls.Json(await editor.TestAsync(await ApiRequest.ReadAsync<MailTestBody>(request, cancellationToken), cancellationToken)));

    [Function("TestWebhook")]
    [ApiOperation("Calls a directory's webhook with a test message at once", Access = Access.Administrator, Response = typeof(MailTestView))]
    public Task<IResult> TestWebhook(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "directories/{directoryId}/webhook/test")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await webhooks.TestAsync(directoryId, cancellationToken)));
}
