using LdapSync.Core.Mapping;
using LdapSync.Core.Records;

namespace LdapSync.Core.Planning;

/// <summary>Why a directory user does not get the login that the directory gives.</summary>
public enum CollisionKind
{
    /// <summary>Another user of the application has the login.</summary>
    Taken,

    /// <summary>More than one directory user wants the login.</summary>
    Shared,

    /// <summary>The user was imported from this directory user and unbound by hand since.</summary>
    Unbound,
}

/// <summary>A collision of a run (U5), for an administrator to answer.</summary>
/// <param name="LdapId">The directory user.</param>
/// <param name="UserId">Whose record it would become or rename.</param>
/// <param name="Login">That the directory gives.</param>
/// <param name="DistinguishedName">The directory user's.</param>
/// <param name="Kind">Why.</param>
/// <param name="HolderId">The user of the application who stands in the way; null: another directory user does.</param>
/// <param name="IsLinked">The directory user has a record, and only cannot be renamed.</param>
public sealed record Collision(
    string LdapId, string UserId, string Login, string DistinguishedName, CollisionKind Kind, string? HolderId, bool IsLinked)
{
    public RunNote ToNote() => new("collision", Rule.Collision, Login, Kind switch
    {
        CollisionKind.Taken =>
            $"The login of {DistinguishedName} belongs to another user of the application. The directory user is not synchronized until one of them is renamed, or bound by hand, or the collision is answered.",
        CollisionKind.Shared =>
            $"More than one directory user has the login of {DistinguishedName}. None of them is synchronized until all but one are renamed in the directory, or the collision is answered.",
        _ =>
            $"The user that {DistinguishedName} was imported as has been unbound by hand and is left alone. The directory user is not synchronized until it is bound again, or the collision is answered.",
    });
}

public enum AnswerKind
{
    /// <summary>The existing user is the directory user: bound to it.</summary>
    Link,

    /// <summary>They are two: the directory user has another login in the application.</summary>
    KeepApart,

    /// <summary>The directory user stays as it is: not imported, or not renamed.</summary>
    Ignore,
}

/// <summary>A remembered answer. It holds as long as the directory gives the login that it was about.</summary>
/// <param name="Kind">Of the answer.</param>
/// <param name="About">The login in conflict.</param>
/// <param name="Login">With <see cref="AnswerKind.KeepApart"/>: the login to take instead.</param>
public sealed record CollisionAnswer(AnswerKind Kind, string About, string? Login = null)
{
    public bool IsAbout(string login) => Buckets.NormalizeLogin(About) == Buckets.NormalizeLogin(login);

    /// <summary>The directory user as the answer would have it.</summary>
    public MappedUser Apply(MappedUser user) => Kind == AnswerKind.KeepApart && Login is not null && IsAbout(user.Login) ? user with { Login = Login } : user;

    public bool Ignores(string login) => Kind == AnswerKind.Ignore && IsAbout(login);
}
