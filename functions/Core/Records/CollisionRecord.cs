using LdapSync.Core.Planning;

namespace LdapSync.Core.Records;

/// <summary>A collision in the queue, and how it was answered (U5). Runs put it there and, while it has no answer, take it away.</summary>
/// <param name="DirectoryId">The partition key.</param>
/// <param name="Id">Of the directory user: the id that an import gives.</param>
public sealed record CollisionRecord(string DirectoryId, string Id)
{
    public required Collision Collision { get; init; }

    /// <summary>The run that found it.</summary>
    public required string RunId { get; init; }

    public DateTimeOffset Since { get; init; }

    /// <summary>Null: nobody has answered.</summary>
    public CollisionAnswer? Answer { get; init; }

    /// <summary>The user who was bound, or made, by the answer.</summary>
    public string? AnswerUserId { get; init; }

    public DateTimeOffset? Answered { get; init; }

    public string? ETag { get; init; }
}
