using LdapSync.AdminPages.Collisions;
using LdapSync.AdminPages.Frame;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Collisions;
using LdapSync.Core.Planning;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Pages;

/// <summary>The queue of collisions.</summary>
[AdminPage]
public sealed class CollisionPages(PageCalls calls, CollisionQueue queue)
{
    [Function("PageCollisions")]
    public Task<IResult> Collisions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "manage/setup/{directoryId}/collisions")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, Access.Administrator, async call =>
        {
            if (!call.IsPost)
            {
                return call.Show<CollisionsPage>(await ModelAsync(directoryId, call.CancellationToken));
            }

            var (answer, id) = call.Do;
            try
            {
                await AnswerAsync(call, directoryId, answer, id);
                return PageCall.Go(Paths.Collisions(directoryId), answer == "withdraw" ? "withdrawn" : "answered");
            }
            catch (Exception failure) when (ApiFailures.Explain(failure) is { Status: < 500 } problem)
            {
                var model = await ModelAsync(directoryId, call.CancellationToken);
                return call.Show<CollisionsPage>(model with { RefusedId = id, Typed = call.Text($"login:{id}"), Errors = PageCall.ErrorsOf(problem) }, problem.Status);
            }
        });

    private Task<CollisionView> AnswerAsync(PageCall call, string directoryId, string answer, string id) => answer switch
    {
        "link" => queue.AnswerAsync(directoryId, id, new AnswerBody(AnswerKind.Link), call.CancellationToken),
        "apart" => queue.AnswerAsync(directoryId, id, new AnswerBody(AnswerKind.KeepApart, call.Text($"login:{id}")), call.CancellationToken),
        "ignore" => queue.AnswerAsync(directoryId, id, new AnswerBody(AnswerKind.Ignore), call.CancellationToken),
        "withdraw" => queue.WithdrawAsync(directoryId, id, call.CancellationToken),
        _ => throw new ApiException(400, "No answer", "Choose one of the answers."),
    };

    private async Task<CollisionsModel> ModelAsync(string directoryId, CancellationToken cancellationToken)
    {
        var all = await queue.ListAsync(directoryId, CollisionState.All, cancellationToken);
        return new CollisionsModel(
            directoryId, [.. all.Where(item => item.Answer is null).Select(Model)], [.. all.Where(item => item.Answer is not null).Select(Model)]);
    }

    private static CollisionModel Model(CollisionView view) => new(
        view.Id, view.Login, view.DistinguishedName, view.Message, view.Holder?.Id,
        view.Holder is { } holder ? $"{holder.FullName} ({holder.Login})" : null, view.Choices.Contains(AnswerKind.Link),
        view.Answer switch
        {
            { Kind: AnswerKind.KeepApart, Login: { } login } => $"kept apart as {login}",
            { Kind: AnswerKind.Link } => "linked",
            { Kind: AnswerKind.Ignore } => "ignored",
            _ => null,
        },
        view.Since);
}
