namespace LdapSync.Core.Records;

public enum RoleKind
{
    Organization,
    Department,
    Functional,
}

/// <summary>A role of the application. Organizational ones form a tree.</summary>
/// <param name="Id">A slug or 32 hexadecimal digits; the partition key of its memberships.</param>
public sealed record RoleRecord(string Id)
{
    public required string Name { get; init; }

    public RoleKind Kind { get; init; }

    public string? ParentId { get; init; }

    /// <summary><em>Synchronize with LDAP</em>: on when a directory and a group are chosen.</summary>
    public string? DirectoryId { get; init; }

    /// <summary>The linked group's id in canonical text.</summary>
    public string? GroupId { get; init; }

    /// <summary>When the link was made: a sync state of an earlier link is none of this one.</summary>
    public DateTimeOffset? LinkedAt { get; init; }

    /// <summary>The linked group's distinguished name when it was last seen: for people to read, never a key.</summary>
    public string? GroupDistinguishedName { get; init; }

    /// <summary>Rule R7: since when the linked group has not been found.</summary>
    public DateTimeOffset? GroupMissingSince { get; init; }

    public string? ETag { get; init; }

    public bool IsLinked => DirectoryId is not null && GroupId is not null;
}

/// <summary>A user's membership in a role.</summary>
/// <param name="RoleId">The partition key.</param>
/// <param name="UserId">The row key; begins with the user's bucket.</param>
/// <param name="FromDirectory">Owned by the synchronization; false: put in by hand.</param>
public sealed record MemberRecord(string RoleId, string UserId, bool FromDirectory);

/// <summary>A name that directory values are matched with verbatim: an account (U6) or a job title (U7).</summary>
public sealed record NamedRecord(string Id, string Name);
