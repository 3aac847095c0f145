using LdapSync.Core.Settings;

namespace LdapSync.Core.Planning;

/// <summary>What all buckets of a run share when they are planned.</summary>
public sealed class PlanContext
{
    public required string DirectoryId { get; init; }

    public required DirectorySettings Settings { get; init; }

    public required IReadOnlyList<LinkedRole> Roles { get; init; }

    /// <summary>Whether absence from the users that were read means absence from the directory (G1).</summary>
    public required bool UsersComplete { get; init; }

    /// <summary>The same for the members of each of <see cref="Roles"/>; false for a group that was not found (R7).</summary>
    public required IReadOnlyList<bool> MembersComplete { get; init; }

    /// <summary>Existing accounts, name to id, compared verbatim (U6).</summary>
    public required IReadOnlyDictionary<string, string> Accounts { get; init; }

    /// <summary>Existing job titles, name to id, compared verbatim (U7).</summary>
    public required IReadOnlyDictionary<string, string> JobTitles { get; init; }

    /// <summary>How administrators answered collisions, by LDAP id (U5).</summary>
    public IReadOnlyDictionary<string, CollisionAnswer> Answers { get; init; } = new Dictionary<string, CollisionAnswer>();

    /// <summary>LDAP ids of everybody in the queue of collisions, answered or not: what they are refused is looked at in every run, changed lately or not.</summary>
    public IReadOnlySet<string> Waiting { get; init; } = new HashSet<string>();
}
