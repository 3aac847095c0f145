using LdapSync.App.Api;
using LdapSync.App.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.App.Collisions;

/// <summary>The queue of collisions.</summary>
public sealed class CollisionFunctions(ApiCalls calls, CollisionQueue queue)
{
    [Function("ListCollisions")]
    [ApiOperation("Directory users who are not synchronized because of their login (U5); state is open, answered or all", Access = Access.Reader, Response = typeof(Page<CollisionView>), Query = ["state"])]
    public Task<IResult> ListCollisions(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "directories/{directoryId}/collisions")] HttpRequest request, string directoryId) =>
        calls.RunAsync(request, async cancellationToken =>
        {
            var state = ApiRequest.Text(request, "state") switch
            {
                null or "open" => CollisionState.Open,
                "answered" => CollisionState.Answered,
                "all" => CollisionState.All,
                _ => throw ApiException.Field("state", "open, answered or all.", 400),
            };
            return ApiCalls.Json(new Page<CollisionView>(await queue.ListAsync(directoryId, state, cancellationToken)));
        });

    [Function("AnswerCollision")]
    [ApiOperation("Answers a collision: link, keepApart or ignore. The answer is remembered", Access = Access.Administrator, Request = typeof(AnswerBody), Response = typeof(CollisionView))]
    public Task<IResult> AnswerCollision(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "directories/{directoryId}/collisions/{collisionId}/answer")] HttpRequest request,
        string directoryId,
        string collisionId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(
            await queue.AnswerAsync(directoryId, collisionId, await ApiRequest.ReadAsync<AnswerBody>(request, cancellationToken), cancellationToken)));

    [Function("WithdrawAnswer")]
    [ApiOperation("Takes the answer to a collision back: the next run decides anew", Access = Access.Administrator, Response = typeof(CollisionView))]
    public Task<IResult> WithdrawAnswer(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "directories/{directoryId}/collisions/{collisionId}/answer")] HttpRequest request,
        string directoryId,
        string collisionId) =>
        calls.RunAsync(request, async cancellationToken => ApiCalls.Json(await queue.WithdrawAsync(directoryId, collisionId, cancellationToken)));
}
