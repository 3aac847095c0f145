using LdapSync.AdminPages.Frame;

namespace LdapSync.AdminPages.Collisions;

/// <summary>Directory users who are not synchronized because of their login, and how that was answered.</summary>
public sealed record CollisionsModel(string DirectoryId, IReadOnlyList<CollisionModel> Open, IReadOnlyList<CollisionModel> Answered)
{
    /// <summary>The collision whose answer was refused.</summary>
    public string? RefusedId { get; init; }

    /// <summary>The login that was typed for it.</summary>
    public string Typed { get; init; } = "";

    public FormErrors Errors { get; init; } = FormErrors.None;
}

/// <param name="Message">What is the matter and what to do.</param>
/// <param name="HolderId">Who stands in the way; null: other directory users do.</param>
/// <param name="CanLink">The user in the way can be bound to the directory user.</param>
/// <param name="Answer">In words; null: none yet.</param>
public sealed record CollisionModel(
    string Id, string Login, string DistinguishedName, string Message, string? HolderId, string? HolderName, bool CanLink, string? Answer, DateTimeOffset Since);
