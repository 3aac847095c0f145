using System.Globalization;

namespace LdapSync.SyncBench;

/// <summary>What the command line says.</summary>
/// <param name="Users">In the directory.</param>
/// <param name="Groups">In the directory.</param>
/// <param name="Roles">Linked to the first groups.</param>
/// <param name="Everybody">The first group holds everybody.</param>
/// <param name="Repeats">Each figure is the median of so many.</param>
/// <param name="Folder">Where the results go.</param>
internal sealed record BenchOptions(int Users, int Groups, int Roles, bool Everybody, int Repeats, string Folder)
{
    public const string Help =
        """
        ./dev bench sync [--users 100000] [--groups 1000] [--roles 200] [--everybody true] [--repeats 3] [--output .run/bench]
          A whole synchronization against OpenLDAP and Azurite, beside what the directory and the storage can do at best.
          From 1,000,000 users on: 20 groups, 20 roles and no group of everybody unless they are given.
        """;

    /// <summary>A tenth, for the growth.</summary>
    public BenchOptions Tenth => this with { Users = Users / 10, Repeats = Math.Min(Repeats, 3) };

    /// <exception cref="ArgumentException">Something else than the options above.</exception>
    public static BenchOptions Parse(string[] arguments, string root)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Length || !given.TryAdd(arguments[i][2..], arguments[i + 1]))
            {
                throw new ArgumentException(Help);
            }
        }

        int Take(string name, int otherwise, int least) => !given.Remove(name, out var text) ? otherwise
            : int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least ? number
            : throw new ArgumentException($"--{name} must be a number of at least {least}.");
        var users = Take("users", 100_000, 2000);
        var isHuge = users >= 1_000_000;
        var groups = Take("groups", isHuge ? 20 : 1000, 1);
        var options = new BenchOptions(
            users, groups, Math.Min(groups, Take("roles", isHuge ? 20 : 200, 1)),
            given.Remove("everybody", out var everybody) ? everybody == "true" : !isHuge,
            Take("repeats", 3, 1),
            Path.GetFullPath(given.Remove("output", out var folder) ? folder : Path.Combine(root, ".run", "bench")));
        return given.Count == 0 ? options : throw new ArgumentException($"There is no option --{given.Keys.First()}.\n{Help}");
    }
}
