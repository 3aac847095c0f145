using LdapSync.Demo.Http;
using LdapSync.TestBed;
using Spectre.Console;

namespace LdapSync.Demo.Terminal;

/// <summary>A plan as people read it: a line per thing that happens, with the rule behind it.</summary>
internal static class ChangeTable
{
    public static Table Of(IEnumerable<Change> changes, IReadOnlyDictionary<string, Role> roles)
    {
        var table = Stage.Table("rule", "what", "who or which", "change");
        var rows = changes
            .GroupBy(change => (change.Object, change.Id, change.Name, change.Action))
            .OrderBy(group => Order(group.Key.Action))
            .ThenBy(group => group.Key.Object, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Name, StringComparer.Ordinal);
        foreach (var row in rows)
        {
            table.AddRow(
                new Text(string.Join(' ', row.Select(change => change.Rule).Distinct()), new Style(Color.Teal)), new Text($"{row.Key.Object} {Verb(row.Key.Action)}"), new Text(row.Key.Name),
                new Text(row.Key.Object == "member" ? Membership(row.Key.Action, row.Key.Id, roles) : Fields(row.Key.Action, row)));
        }

        return table;
    }

    private static string Verb(string action) => action switch
    {
        "add" => "added",
        "create" => "created",
        "deactivate" => "deactivated",
        "mark" => "marked",
        "reactivate" => "reactivated",
        "remove" => "removed",
        "rename" => "renamed",
        "update" => "updated",
        _ => action,
    };

    private static int Order(string action) => action switch
    {
        "rename" => 0,
        "update" => 1,
        "create" => 2,
        "reactivate" => 3,
        "deactivate" => 4,
        "add" => 5,
        _ => 6,
    };

    private static string Membership(string action, string roleId, IReadOnlyDictionary<string, Role> roles) =>
        (action == "add" ? "joins " : "leaves ") + (roles.TryGetValue(roleId, out var role) ? role.Name : roleId);

    private static string Fields(string action, IEnumerable<Change> changes) =>
        action == "create"
            ? string.Join(", ", changes.Where(change => change.Field is "fullName" or "email").Select(change => change.After))
            : string.Join('\n', changes.Select(change => $"{Field(change.Field)}: {Short(change.Before)} → {Short(change.After)}"));

    private static string Field(string? name) => name is "distinguishedName" or "groupDistinguishedName" ? "entry" : name ?? "";

    // Everybody's entry name ends alike.
    private static string Short(string? value) => value is null ? "(none)"
        : value.EndsWith(Company.PeopleBase, StringComparison.OrdinalIgnoreCase) ? value[..^Company.PeopleBase.Length] + "…"
        : value.EndsWith(Company.GroupsBase, StringComparison.OrdinalIgnoreCase) ? value[..^Company.GroupsBase.Length] + "…"
        : value;
}
