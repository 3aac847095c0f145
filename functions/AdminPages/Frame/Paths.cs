namespace LdapSync.AdminPages.Frame;

/// <summary>Addresses of the pages. Not <c>/api/admin</c>: the Functions host refuses every route that begins with admin.</summary>
public static class Paths
{
    public const string Root = "/api/manage";
    public const string SignIn = Root + "/sign-in";
    public const string SignOut = Root + "/sign-out";
    public const string Roles = Root + "/roles";
    public const string NewRole = Root + "/new-role";
    public const string ImportRoles = Root + "/import-roles";
    public const string Users = Root + "/users";
    public const string MoreUsers = Root + "/parts/users";
    public const string NewUser = Root + "/new-user";
    public const string Why = Root + "/why";
    public const string Licences = Root + "/licences";
    public const string Notifications = Root + "/notifications";
    public const string Runs = Root + "/runs";
    public const string Setup = Root + "/setup";
    public const string NewDirectory = Root + "/new-directory";
    public const string CheckFilter = Root + "/check-filter";

    public static string Directory(string id) => $"{Setup}/{Part(id)}";

    public static string Start(string id) => $"{Directory(id)}/start";

    public static string Pause(string id) => $"{Directory(id)}/pause";

    public static string Resume(string id) => $"{Directory(id)}/resume";

    public static string Explain(string directoryId, string login) => Query($"{Directory(directoryId)}/explain", ("login", login));

    public static string Collisions(string id) => $"{Directory(id)}/collisions";

    public static string Licence(string id) => $"{Licences}/{Part(id)}";

    public static string Role(string id) => $"{Roles}/{Part(id)}";

    public static string User(string id) => $"{Users}/{Part(id)}";

    public static string Run(string id) => $"{Runs}/{Part(id)}";

    /// <summary>A path with a query; parts without a value are left out.</summary>
    public static string Query(string path, params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = new List<string>();
        foreach (var (name, value) in parts)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Add($"{name}={Part(value)}");
            }
        }

        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    private static string Part(string text) => Uri.EscapeDataString(text);
}
