using LdapSync.TestBed;

namespace LdapSync.Infra.Tests;

/// <summary>infra/check-app.sh on folders that are no app, or more than one.</summary>
public sealed class CheckAppTests : IDisposable
{
    private readonly TemporaryFolder folder = Repository.NewFolder("app");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("functions.metadata")]
    [InlineData("worker.config.json")]
    [InlineData(".azurefunctions/function.deps.json")]
    public async Task Check_FileMissing_NamesItAndHowToGetIt(string name)
    {
        Fill();
        File.Delete(Path.Combine(folder.Path, name));

        var answer = await CheckAsync();

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains($"has no {name}: publish with -p:FunctionsRuntime=azure", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_LocalSettingsInIt_IsRefused()
    {
        Fill();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "local.settings.json"), "{}", TestContext.Current.CancellationToken);

        var answer = await CheckAsync();

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("local.settings.json must not be published", answer.Errors, StringComparison.Ordinal);
    }

    private Task<ToolAnswer> CheckAsync() => Tool.RunAsync(Path.Combine(Bicep.Folder, "check-app.sh"), [folder.Path], Repository.Root);

    private void Fill()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, ".azurefunctions"));
        foreach (var name in new[] { "host.json", "LdapSync.App.dll", "worker.config.json", "functions.metadata", "extensions.json", ".azurefunctions/function.deps.json" })
        {
            File.WriteAllText(Path.Combine(folder.Path, name), "");
        }
    }
}
