namespace LdapSync.Storage.Secrets;

/// <summary>For local development only: a file per secret, readable by its owner alone, replaced by a rename so that none is ever half written.</summary>
internal sealed class FileSecretStore(string? folder) : ISecretStore
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private readonly string folder = Path.GetFullPath(string.IsNullOrWhiteSpace(folder)
        ? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "ldapsync", "secrets")
        : folder);

    public async Task<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(FileOf(name), cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async Task SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        var target = FileOf(name);
        CreateFolder();
        var temporary = Path.Combine(folder, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        try
        {
            await using (var writer = new StreamWriter(temporary, options))
            {
                await writer.WriteAsync(value.AsMemory(), cancellationToken);
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder))
        {
            File.Delete(FileOf(name));
        }

        return Task.CompletedTask;
    }

    private string FileOf(string name) => Path.Combine(folder, SecretName.Of(name) + ".secret");

    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        // A folder that was there before may be open to others.
        Directory.CreateDirectory(folder, OwnerFolder);
        if (File.GetUnixFileMode(folder) != OwnerFolder)
        {
            File.SetUnixFileMode(folder, OwnerFolder);
        }
    }
}
