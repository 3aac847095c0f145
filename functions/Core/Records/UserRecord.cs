namespace LdapSync.Core.Records;

/// <summary>
/// A user of the application. One with a <see cref="LdapId"/> is linked to a directory user and owned by the synchronization;
/// every other one is left alone.
/// </summary>
/// <param name="Id">32 lower-case hexadecimal digits; the first two are the bucket and so the partition.</param>
public sealed record UserRecord(string Id)
{
    public required string Login { get; init; }

    public required string FullName { get; init; }

    public bool Active { get; init; } = true;

    /// <summary>Rule I1: may sign in with the directory password. Always false when not active.</summary>
    public bool CanSignIn { get; init; }

    public string? DirectoryId { get; init; }

    /// <summary>The directory user's id in canonical text (see <see cref="Mapping.MappedUser.LdapId"/>).</summary>
    public string? LdapId { get; init; }

    public string? DistinguishedName { get; init; }

    /// <summary>Rule U9: bound by an administrator, not imported.</summary>
    public bool BoundByHand { get; init; }

    /// <summary>Never deactivated by a synchronization.</summary>
    public bool Protected { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    /// <summary>Rule U6: the linked account.</summary>
    public string? AccountId { get; init; }

    /// <summary>Rule U7: the linked job title.</summary>
    public string? JobTitleId { get; init; }

    /// <summary>The directory's modification date when the fields were last taken over.</summary>
    public DateTimeOffset? DirectoryModified { get; init; }

    /// <summary>When the record was created.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>The entity tag of the stored record; null before it is stored.</summary>
    public string? ETag { get; init; }
}
