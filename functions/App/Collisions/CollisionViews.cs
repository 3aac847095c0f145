using LdapSync.Core.Planning;
using LdapSync.Core.Records;

namespace LdapSync.App.Collisions;

/// <summary>The user of the application in a collision.</summary>
public sealed record CollisionUserView(string Id, string Login, string FullName, bool Active, string? DirectoryId);

/// <param name="Kind">Link, keepApart or ignore.</param>
/// <param name="Login">With keepApart: the directory user's login in the application.</param>
/// <param name="UserId">The user who was bound or made.</param>
public sealed record CollisionAnswerView(AnswerKind Kind, string? Login, string? UserId, DateTimeOffset? At);

/// <summary>A collision in the queue.</summary>
/// <param name="Id">Of the collision, for its answer.</param>
/// <param name="Login">That the directory gives.</param>
/// <param name="Message">What is the matter and what to do.</param>
/// <param name="Holder">Who stands in the way; null: other directory users do.</param>
/// <param name="LinkedUserId">The directory user's own record, which only cannot be renamed; null: there is none.</param>
/// <param name="Choices">The answers that are possible.</param>
public sealed record CollisionView(
    string Id,
    CollisionKind Kind,
    string LdapId,
    string Login,
    string DistinguishedName,
    string Message,
    CollisionUserView? Holder,
    string? LinkedUserId,
    string RunId,
    DateTimeOffset Since,
    IReadOnlyList<AnswerKind> Choices,
    CollisionAnswerView? Answer)
{
    public static CollisionView Of(CollisionRecord record, UserRecord? holder)
    {
        var collision = record.Collision;
        return new CollisionView(
            record.Id, collision.Kind, collision.LdapId, collision.Login, collision.DistinguishedName, collision.ToNote().Message,
            holder is null ? null : new CollisionUserView(holder.Id, holder.Login, holder.FullName, holder.Active, holder.DirectoryId),
            collision.IsLinked ? collision.UserId : null, record.RunId, record.Since,
            collision.IsLinked || holder?.DirectoryId is not null ? [AnswerKind.KeepApart, AnswerKind.Ignore] : [AnswerKind.Link, AnswerKind.KeepApart, AnswerKind.Ignore],
            record.Answer is null ? null : new CollisionAnswerView(record.Answer.Kind, record.Answer.Login, record.AnswerUserId, record.Answered));
    }
}

/// <param name="Answer">link, keepApart or ignore.</param>
/// <param name="Login">With keepApart: the login that the directory user gets in the application.</param>
/// <param name="UserId">With link: whom to bind; left out: who has the login.</param>
public sealed record AnswerBody(AnswerKind Answer, string? Login = null, string? UserId = null);
