using LdapSync.AdminPages.Frame;
using LdapSync.Core.Records;

namespace LdapSync.AdminPages.Roles;

/// <summary>What an imported role would be, in the place where it would be.</summary>
/// <param name="GroupId">Null: made of an organizational unit, or a role that is there and stands above imported ones.</param>
/// <param name="IsNew">False: there is such a role, which is left as it is.</param>
/// <param name="Depth">Below the top of the tree.</param>
/// <param name="Message">What people should know; null: nothing.</param>
public sealed record ImportLine(string? GroupId, string Name, bool IsNew, int Depth, string? Message);

/// <summary>Import of groups as roles: the choices, and what would come of them.</summary>
public sealed record ImportModel(IReadOnlyList<string> Directories)
{
    public string DirectoryId { get; init; } = "";

    public RoleKind Kind { get; init; } = RoleKind.Department;

    /// <summary><c>none</c>, <c>units</c> or <c>nesting</c>.</summary>
    public string Parents { get; init; } = "none";

    /// <summary>Part of the groups' names; empty: all.</summary>
    public string Search { get; init; } = "";

    /// <summary>The tree, parents before children; null: not looked at yet.</summary>
    public IReadOnlyList<ImportLine>? Lines { get; init; }

    /// <summary>How many would be created, shown or not.</summary>
    public int Created { get; init; }

    public int Existing { get; init; }

    /// <summary>Not all lines are shown, so that groups cannot be chosen one by one.</summary>
    public bool Cut { get; init; }

    public FormErrors Errors { get; init; } = FormErrors.None;
}
