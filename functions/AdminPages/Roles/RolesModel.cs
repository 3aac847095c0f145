using LdapSync.AdminPages.Frame;
using LdapSync.Core.Mapping;
using LdapSync.Core.Records;

namespace LdapSync.AdminPages.Roles;

/// <param name="Tree">Organizations and departments in the order of the tree, each with its depth.</param>
/// <param name="Functional">The others.</param>
public sealed record RolesModel(IReadOnlyList<(RoleRecord Role, int Depth)> Tree, IReadOnlyList<RoleRecord> Functional)
{
    public string Search { get; init; } = "";

    public int Total { get; init; }

    /// <summary>More match than are shown.</summary>
    public bool Cut { get; init; }
}

/// <param name="Role">Null: a new one.</param>
public sealed record RoleModel(RoleRecord? Role)
{
    /// <summary>As saved, or as typed.</summary>
    public required string Name { get; init; }

    public RoleKind Kind { get; init; }

    public string? ParentId { get; init; }

    /// <summary>Roles that may be the parent.</summary>
    public IReadOnlyList<(string Id, string Name)> Parents { get; init; } = [];

    public IReadOnlyList<string> Directories { get; init; } = [];

    /// <summary>The directory whose groups are searched.</summary>
    public string? DirectoryId { get; init; }

    public string Search { get; init; } = "";

    /// <summary>Null: not searched.</summary>
    public IReadOnlyList<MappedGroup>? Groups { get; init; }

    public IReadOnlyList<MemberModel> Members { get; init; } = [];

    public string? NextMembers { get; init; }

    public FormErrors Errors { get; init; } = FormErrors.None;
}

public sealed record MemberModel(string UserId, string? Login, string? FullName, bool Active, bool FromDirectory);
