using LdapSync.Core.Mapping;

namespace LdapSync.Core.Planning;

/// <summary>What is known of one bucket: the directory as it was read, and the sync state.</summary>
public sealed class BucketInput
{
    /// <summary>Directory users whose attributes were read, by LDAP id.</summary>
    public Dictionary<string, MappedUser> Users { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Mode <em>changed</em>: every id that the users filter found and whether the account is enabled, with or without attributes.
    /// Null in mode <em>full</em>: <see cref="Users"/> are everybody.
    /// </summary>
    public Dictionary<string, bool>? Presence { get; init; }

    /// <summary>
    /// Ids whose entries were found but could not be mapped, and whether the account is enabled (U8): they exist, so they are not deactivated.
    /// </summary>
    public Dictionary<string, bool> Unmapped { get; } = new(StringComparer.Ordinal);

    /// <summary>Indexes of the linked roles whose groups a user is in, by LDAP id, as read.</summary>
    public Dictionary<string, List<int>> Memberships { get; } = new(StringComparer.Ordinal);

    /// <summary>Mode <em>delta</em>: the ids that were looked at; everybody else stays as he is. Null in the other modes: everybody.</summary>
    public HashSet<string>? Touched { get; init; }

    /// <summary>The sync state was missing or stale and was made anew from the records.</summary>
    public bool StateRebuilt { get; init; }

    /// <summary>The linked users of the bucket as stored.</summary>
    public required IReadOnlyList<LinkedUser> State { get; init; }

    /// <summary>True: found and enabled; false: found disabled; null: not found.</summary>
    public bool? Found(string ldapId)
    {
        if (Presence is not null)
        {
            return Presence.TryGetValue(ldapId, out var enabled) ? enabled : null;
        }

        return Users.TryGetValue(ldapId, out var user) ? user.Enabled
            : Unmapped.TryGetValue(ldapId, out var unmapped) ? unmapped
            : null;
    }
}

/// <summary>A new or renamed user wants a login; it is settled over all buckets together (U5).</summary>
/// <param name="Login">As the directory writes it.</param>
/// <param name="UserId">Who wants it.</param>
/// <param name="DistinguishedName">The directory entry's, for the note.</param>
/// <param name="Releases">The login that is given up for it; null for a new user.</param>
/// <param name="LdapId">Of the directory user.</param>
public sealed record LoginClaim(string Login, string UserId, string DistinguishedName, string? Releases, string LdapId = "");

/// <summary>The plan of one bucket.</summary>
public sealed class BucketPlan
{
    public List<UserOperation> Users { get; } = [];

    public List<MemberOperation> Members { get; } = [];

    public List<LoginClaim> Claims { get; } = [];

    /// <summary>Each once: many users may share a company that no account carries.</summary>
    public HashSet<RunNote> Notes { get; } = [];

    /// <summary>Directory users who are not imported because a user of the application stands in their place (U5, U9).</summary>
    public List<Collision> Collisions { get; } = [];

    /// <summary>The bucket's sync state once the plan has been applied.</summary>
    public List<LinkedUser> Next { get; } = [];

    /// <summary>Mode <em>changed</em>: ids whose attributes are needed and were not read.</summary>
    public List<string> NeedAttributes { get; } = [];

    /// <summary>Whether <see cref="Next"/> differs from the state that was read.</summary>
    public bool StateChanged { get; set; }
}

/// <summary>One linked user as the directory would have it.</summary>
internal readonly record struct DirectoryView(
    IReadOnlyList<int> Roles,
    bool Active,
    string ActiveRule,
    bool CanSignIn,
    MappedUser? Directory,
    IReadOnlyList<FieldChange>? Desired,
    UInt128 Fingerprint,
    bool NeedsAttributes);

/// <summary>The outcome of the first look at a bucket.</summary>
public sealed class BucketComparison
{
    internal BucketComparison(BucketInput input, IReadOnlyList<DirectoryView> views, IReadOnlyList<string> recordsNeeded)
    {
        Input = input;
        Views = views;
        RecordsNeeded = recordsNeeded;
    }

    /// <summary>The ids of the records that planning has to see: those of users about whom anything differs from the state.</summary>
    public IReadOnlyList<string> RecordsNeeded { get; }

    internal BucketInput Input { get; }

    internal IReadOnlyList<DirectoryView> Views { get; }
}
