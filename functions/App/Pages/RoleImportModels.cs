using LdapSync.AdminPages.Roles;
using LdapSync.App.Directories;
using LdapSync.App.Roles;
using LdapSync.Core.Records;
using LdapSync.Storage.Records;

namespace LdapSync.App.Pages;

/// <summary>The import of groups as roles, as its page shows it: the choices, and the tree that would come of them.</summary>
public sealed class RoleImportModels(RoleImport import, RoleStore roles, DirectoryStore directories, DirectoryLookup lookup)
{
    private const int MaxShown = 200;
    private const int MaxFound = 1000;

    /// <summary>As chosen, before anything is looked at.</summary>
    /// <param name="read">A field of the query or the form; empty where it is missing.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ImportModel> ChosenAsync(Func<string, string> read, CancellationToken cancellationToken)
    {
        var ids = (await directories.ListAsync(cancellationToken)).Select(directory => directory.Id).ToList();
        return new ImportModel(ids)
        {
            DirectoryId = read("directoryId") is { Length: > 0 } chosen ? chosen : ids.FirstOrDefault() ?? "",
            Kind = Enum.TryParse<RoleKind>(read("kind"), out var kind) && Enum.IsDefined(kind) ? kind : RoleKind.Department,
            Parents = read("parents") is "units" or "nesting" ? read("parents") : "none",
            Search = read("search"),
        };
    }

    public static RoleImportBody Body(ImportModel model, IReadOnlyList<string>? groupIds, bool dryRun) =>
        new(model.DirectoryId, groupIds, model.Kind, Enum.Parse<RoleParents>(model.Parents, ignoreCase: true), dryRun);

    public async Task<ImportModel> PreviewAsync(ImportModel chosen, CancellationToken cancellationToken)
    {
        var view = await import.ImportAsync(Body(chosen, await FoundAsync(chosen, cancellationToken), dryRun: true), cancellationToken);
        var lines = Tree(view.Items, await roles.ListAsync(cancellationToken));
        return chosen with { Lines = [.. lines.Take(MaxShown)], Created = view.Created, Existing = view.Existing, Cut = lines.Count > MaxShown };
    }

    /// <summary>Ids of the groups whose name has what is searched for; null: all.</summary>
    public async Task<IReadOnlyList<string>?> FoundAsync(ImportModel chosen, CancellationToken cancellationToken) =>
        chosen.Search.Length == 0 ? null : [.. (await lookup.GroupsAsync(chosen.DirectoryId, chosen.Search, MaxFound, cancellationToken)).Select(group => group.LdapId)];

    /// <summary>Parents before children, each with its depth. A parent that is there already is shown too, so that the place is seen.</summary>
    private static List<ImportLine> Tree(IReadOnlyList<RoleImportItem> items, IReadOnlyList<RoleRecord> stored)
    {
        var known = stored.ToDictionary(role => role.Id, StringComparer.Ordinal);
        var nodes = items.Where(item => item.RoleId is not null).GroupBy(item => item.RoleId!, StringComparer.Ordinal).ToDictionary(item => item.Key, item => item.First(), StringComparer.Ordinal);
        foreach (var start in nodes.Values.ToList())
        {
            for (var above = start.ParentId; above is not null && !nodes.ContainsKey(above) && known.TryGetValue(above, out var role); above = role.ParentId)
            {
                nodes[above] = new RoleImportItem(null, role.Name, RoleImportResult.Exists, role.Id, role.ParentId);
            }
        }

        var children = nodes.Values.ToLookup(node => node.ParentId is not null && nodes.ContainsKey(node.ParentId) ? node.ParentId : "", StringComparer.Ordinal);
        var lines = new List<ImportLine>();
        var stack = new Stack<(RoleImportItem Item, int Depth)>(InOrder("").Select(item => (item, 0)));
        while (stack.TryPop(out var node))
        {
            lines.Add(new ImportLine(node.Item.GroupId, node.Item.Name, node.Item.Result == RoleImportResult.Created, node.Depth, node.Item.Message));
            foreach (var child in InOrder(node.Item.RoleId!))
            {
                stack.Push((child, node.Depth + 1));
            }
        }

        return lines;

        // A stack gives back the last first.
        IEnumerable<RoleImportItem> InOrder(string parent) => children[parent].OrderByDescending(item => item.Name, StringComparer.OrdinalIgnoreCase);
    }
}
