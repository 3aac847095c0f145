using LdapSync.Core.Records;
using LdapSync.Storage.Batches;

namespace LdapSync.Storage.Records;

/// <summary>Which users to list. Everything that is null does not matter.</summary>
public sealed record UserQuery
{
    /// <summary>How the login or the full name begins, without case.</summary>
    public string? Search { get; init; }

    public string? DirectoryId { get; init; }

    public bool? Active { get; init; }

    /// <summary>1 to 1000.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary>From the page before.</summary>
    public string? ContinuationToken { get; init; }
}

/// <summary>A page of users, in order of id. It can be short, even empty, and still have a next one.</summary>
public sealed record UserPage(IReadOnlyList<UserRecord> Items, string? ContinuationToken)
{
    /// <summary>How much of all users has been looked through up to here, where that is known.</summary>
    public int Percent { get; init; } = 100;
}

/// <summary>One user to write in a batch.</summary>
/// <param name="Record">The whole record; a replace and a merge need its <see cref="UserRecord.ETag"/>.</param>
/// <param name="Kind">What to do.</param>
public sealed record UserWrite(UserRecord Record, WriteKind Kind)
{
    /// <summary>For a merge: only where <see cref="Record"/> differs from this are values written, and those must not be null.</summary>
    public UserRecord? From { get; init; }
}
