using LdapSync.AdminPages.Frame;
using LdapSync.Core.Mapping;
using LdapSync.Core.Settings;

namespace LdapSync.AdminPages.Setup;

/// <summary>The form of a directory's settings.</summary>
/// <param name="Id">Null: a new directory.</param>
public sealed record SetupModel(string? Id)
{
    /// <summary>The id as it was typed for a new directory.</summary>
    public string NewId { get; init; } = "";

    /// <summary>By field name: as saved, or as typed.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>Names of the fields whose secret is kept.</summary>
    public IReadOnlySet<string> SavedSecrets { get; init; } = new HashSet<string>();

    /// <summary>Of the settings that the form began with.</summary>
    public string Tag { get; init; } = "";

    public FormErrors Errors { get; init; } = FormErrors.None;

    public IReadOnlyList<FieldError> Hints { get; init; } = [];

    public TrialModel? Trial { get; init; }

    /// <summary>What somebody else saved meanwhile, field by field.</summary>
    public IReadOnlyList<FieldDifference> Differences { get; init; } = [];

    public bool IsNew => Id is null;
}

/// <param name="Theirs">As saved by somebody else.</param>
/// <param name="Yours">As typed here.</param>
public sealed record FieldDifference(string Field, string Theirs, string Yours);

/// <summary>What a test of the settings found.</summary>
public sealed record TrialModel
{
    public required bool Ok { get; init; }

    /// <summary>The field that the failure points to.</summary>
    public string? FailedField { get; init; }

    public string? Failure { get; init; }

    public IReadOnlyList<(string Name, string Value)> Server { get; init; } = [];

    /// <summary>Another kind of directory than the form's attributes are for: the preset to offer.</summary>
    public string? SuggestedPreset { get; init; }

    public FoundModel<MappedUser>? Users { get; init; }

    public FoundModel<MappedGroup>? Groups { get; init; }

    public long? FirstGroupMembers { get; init; }

    /// <summary>Mapped optional fields that not one of the sample has.</summary>
    public IReadOnlyList<string> Absent { get; init; } = [];
}

public sealed record FoundModel<T>(long Count, bool Complete, IReadOnlyList<T> Sample, long Problems, IReadOnlyList<EntryProblem> ProblemSample);

/// <summary>What is wrong with a filter, if anything.</summary>
/// <param name="Position">Index of the character; null: no place.</param>
public sealed record FilterCheckModel(string Text, string? Problem, int? Position, IReadOnlyList<string> Macros);
