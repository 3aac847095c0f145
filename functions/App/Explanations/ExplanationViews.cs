using LdapSync.App.Users;
using LdapSync.Core.Mapping;
using LdapSync.Core.Planning;

namespace LdapSync.App.Explanations;

/// <param name="RoleId">The linked role.</param>
/// <param name="Group">The group's name.</param>
/// <param name="IsMember">As the directory says now; null: the group is gone.</param>
public sealed record LinkedGroupView(string RoleId, string Group, bool? IsMember);

/// <summary>What the directory says now.</summary>
/// <param name="InUsersFilter">False: the users filter does not find the entry, and nothing but its name is read.</param>
/// <param name="Active">The account is on, as the settings count it; null: not read, or not readable.</param>
/// <param name="Status">What the entry says against its account.</param>
/// <param name="Attributes">As mapped; null: not in the filter, or not usable.</param>
/// <param name="Problem">Why the entry cannot be used.</param>
/// <param name="UserId">The record that is linked to it.</param>
public sealed record DirectoryPersonView(
    string? LdapId,
    string DistinguishedName,
    bool InUsersFilter,
    bool? Active,
    IReadOnlyList<StatusFinding> Status,
    IReadOnlyList<LinkedGroupView> Groups,
    MappedUser? Attributes,
    EntryProblem? Problem,
    string? UserId);

/// <param name="FromDirectory">False: put in by hand.</param>
public sealed record StoredRoleView(string RoleId, string Name, bool FromDirectory);

/// <summary>What is stored.</summary>
public sealed record StoredPersonView(UserView User, IReadOnlyList<StoredRoleView> Roles);

/// <summary>One person: an entry, a record, or both.</summary>
/// <param name="Directory">Null: only in the records.</param>
/// <param name="Stored">Null: only in the directory.</param>
/// <param name="NextRun">What a run in mode full would change if it ran now.</param>
/// <param name="Rules">Which rules apply, and why.</param>
/// <param name="Notes">What such a run would note.</param>
/// <param name="CollisionId">In the queue of collisions; null: none.</param>
public sealed record PersonView(
    DirectoryPersonView? Directory,
    StoredPersonView? Stored,
    IReadOnlyList<PlannedChange> NextRun,
    IReadOnlyList<RuleReason> Rules,
    IReadOnlyList<RunNote> Notes,
    string? CollisionId);

/// <param name="At">When the run ended.</param>
public sealed record PastChangeView(string RunId, DateTimeOffset? At, PlannedChange Change);

/// <summary>Everybody who has a login, with all that decides about them.</summary>
/// <param name="People">More than one: the login is ambiguous. None: nobody has it.</param>
/// <param name="LastChanges">Of the last runs, the latest first.</param>
public sealed record ExplanationView(
    string DirectoryId, string Login, DateTimeOffset At, IReadOnlyList<PersonView> People, IReadOnlyList<PastChangeView> LastChanges);
