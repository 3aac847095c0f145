using LdapSync.Storage.Secrets;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class FileSecretTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("directory-acme-password")]
    [InlineData("../../etc/passwd")]
    [InlineData("Ümlaut / and \u0001 more")]
    [InlineData("..")]
    public async Task Set_AnyName_IsAFileOfTheOwnerInTheFolder(string name)
    {
        using var root = Repository.NewFolder("secrets");
        var folder = Path.Combine(root.Path, "new", "secrets");
        ISecretStore secrets = new FileSecretStore(folder);
        Assert.Null(await secrets.GetAsync(name, Token));
        await secrets.DeleteAsync(name, Token);
        await secrets.SetAsync(name, "first", Token);
        await secrets.SetAsync(name, "pässwörd\n", Token);
        Assert.Equal("pässwörd\n", await secrets.GetAsync(name, Token));
        var file = Assert.Single(Directory.GetFiles(root.Path, "*", SearchOption.AllDirectories));
        Assert.Equal(folder, Path.GetDirectoryName(file));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        await secrets.DeleteAsync(name, Token);
        Assert.Null(await secrets.GetAsync(name, Token));
    }

    [Fact]
    public void NameOf_DifferentNames_AreDifferentAndLegal()
    {
        string[] names = ["a/b", "a-b", "A-b", "a_b", new string('x', 200), new string('x', 201)];
        var legal = names.Select(SecretName.Of).ToList();
        Assert.Equal(names.Length, legal.Distinct().Count());
        Assert.All(legal, name => Assert.Matches("^[0-9a-z-]{1,127}$", name));
    }
}
