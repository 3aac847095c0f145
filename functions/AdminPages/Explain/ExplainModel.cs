using LdapSync.AdminPages.Runs;
using LdapSync.Core.Planning;

namespace LdapSync.AdminPages.Explain;

/// <summary>Why a person is, or is not, as expected.</summary>
/// <param name="People">Everybody with the login: more than one is ambiguous, none is nobody.</param>
/// <param name="Past">What the last runs did, the latest first.</param>
public sealed record ExplainModel(string DirectoryId, string Login, IReadOnlyList<PersonModel> People, IReadOnlyList<(string RunId, DateTimeOffset? At, PlanItem Item)> Past)
{
    public IReadOnlyList<string> Directories { get; init; } = [];

    /// <summary>Why the directory could not be asked; null: it was.</summary>
    public string? Failure { get; init; }
}

/// <summary>One person: an entry of the directory, a user, or both.</summary>
public sealed record PersonModel
{
    /// <summary>The full name, the login or the entry's name.</summary>
    public required string Title { get; init; }

    public bool CanSignIn { get; init; }

    /// <summary>Why, in a sentence; what decides first.</summary>
    public required string Verdict { get; init; }

    public IReadOnlyList<RuleReason> Reasons { get; init; } = [];

    /// <summary>Null: not in the directory.</summary>
    public string? Entry { get; init; }

    /// <summary>What the directory says, as name and value.</summary>
    public IReadOnlyList<(string Name, string Value)> InDirectory { get; init; } = [];

    /// <summary>Linked groups: whether the person is in them; null: the group is gone.</summary>
    public IReadOnlyList<(string RoleId, string Group, bool? IsMember)> Groups { get; init; } = [];

    /// <summary>Null: there is no user.</summary>
    public string? UserId { get; init; }

    public IReadOnlyList<(string Name, string Value)> Stored { get; init; } = [];

    public IReadOnlyList<(string RoleId, string Name, bool FromDirectory)> Roles { get; init; } = [];

    /// <summary>What a run would change if it ran now.</summary>
    public IReadOnlyList<PlanItem> Next { get; init; } = [];

    public IReadOnlyList<RunNote> Notes { get; init; } = [];

    public bool HasCollision { get; init; }
}
