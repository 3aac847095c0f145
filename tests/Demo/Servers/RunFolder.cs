using LdapSync.TestBed;

namespace LdapSync.Demo.Servers;

/// <summary><c>.run/</c> of the checkout: what the running demo leaves for people and for <c>./dev stop</c>.</summary>
internal static class RunFolder
{
    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, ".run");

    public static string AppLog => File("app.log");

    public static string Keys => File("keys");

    /// <summary>Made by the local runtime.</summary>
    public static string KeysFile => System.IO.Path.Combine(Keys, "host.json");

    public static string Secrets => File("secrets");

    public static string Authority => File("directory-ca.pem");

    /// <summary>Written for <c>./dev stop</c>: process id and start time.</summary>
    public static string ProcessFile => System.IO.Path.Combine(Path, "demo.pid");

    /// <summary>A path relative to the checkout, as people read it.</summary>
    public static string Short(string path) => System.IO.Path.GetRelativePath(Repository.Root, path);

    public static void Empty()
    {
        var demo = System.IO.Path.Combine(Path, "demo");
        if (Directory.Exists(demo))
        {
            Directory.Delete(demo, recursive: true);
        }

        Directory.CreateDirectory(demo);
        System.IO.File.SetUnixFileMode(demo, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The end of the app's log, for when something went wrong; very long lines cut.</summary>
    public static string LogTail(int lines) =>
        System.IO.File.Exists(AppLog)
            ? string.Join('\n', System.IO.File.ReadLines(AppLog).TakeLast(lines).Select(line => line.Length > 400 ? line[..400] + "…" : line))
            : "";

    private static string File(string name) => System.IO.Path.Combine(Path, "demo", name);
}
