using Spectre.Console;

namespace LdapSync.LdapTool;

internal static class ProbeCommand
{
    private static readonly Dictionary<string, string> Known = new()
    {
        ["1.2.840.113556.1.4.319"] = "paged results",
        ["1.2.840.113556.1.4.841"] = "DirSync: changes of Active Directory",
        ["1.3.6.1.4.1.4203.1.9.1.1"] = "content synchronization (RFC 4533)",
        ["1.2.840.113556.1.4.802"] = "ranges of values",
        ["1.2.840.113556.1.4.417"] = "deleted entries",
    };

    public static async Task<int> RunAsync(Arguments arguments, CancellationToken stop)
    {
        await using var session = await SearchCommand.Client().ConnectAsync(arguments.Connection(), arguments.Password(), stop);
        var server = session.Server;
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        void Add(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
        Add("server", $"{server.Endpoint}, {server.Description}");
        Add("signed in", server.Authentication);
        Add("certificate", server.Certificate ?? "none");
        Add("naming contexts", string.Join("\n", server.NamingContexts));
        Add("controls", string.Join("\n", Known.Where(control => server.Controls.Contains(control.Key)).Select(control => control.Value)));
        Add("", $"and {server.Controls.Count(control => !Known.ContainsKey(control))} others");
        AnsiConsole.Write(table);
        return 0;
    }
}
