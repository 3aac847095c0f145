namespace LdapSync.TestBed;

/// <summary>Where the checkout is: the folder that holds <c>LdapSync.sln</c>.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>A new empty folder for one server or one test, outside the checkout; <see cref="TemporaryFolder.Dispose"/> removes it.</summary>
    public static TemporaryFolder NewFolder(string purpose) => new(Directory.CreateTempSubdirectory($"ldapsync-{purpose}-").FullName);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LdapSync.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No LdapSync.sln above {AppContext.BaseDirectory}");
    }
}

public sealed record TemporaryFolder(string Path) : IDisposable
{
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
