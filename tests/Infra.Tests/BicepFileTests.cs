using LdapSync.TestBed;

namespace LdapSync.Infra.Tests;

public sealed class BicepFileTests
{
    public static TheoryData<string> ParameterFiles => [.. Bicep.ParameterFiles];

    [Fact]
    public async Task EveryBicepFile_Linted_HasNoDiagnostic()
    {
        var answer = await Bicep.RunAsync("lint", "--pattern", Path.Combine(Bicep.Folder, "**", "*.bicep"));

        AssertSilent(answer);
    }

    [Fact]
    public async Task MainTemplate_Built_HasNoDiagnostic()
    {
        var answer = await Bicep.RunAsync("build", Path.Combine(Bicep.Folder, "main.bicep"), "--stdout");

        Assert.True(answer.ExitCode == 0 && answer.Errors.Length == 0, answer.Text);
    }

    [Fact]
    public async Task EveryParameterFile_Linted_HasNoDiagnostic()
    {
        var answer = await Bicep.RunAsync("lint", "--pattern", Path.Combine(Bicep.Folder, "*.bicepparam"));

        AssertSilent(answer);
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task ParameterFile_Expanded_EqualsCommittedSnapshot(string name)
    {
        var committed = Path.Combine(Bicep.Folder, $"{name}.snapshot.json");
        Assert.True(File.Exists(committed), $"{committed} is missing: run infra/snapshot.sh");

        var answer = await Bicep.SnapshotAsync(Path.Combine(Bicep.Folder, $"{name}.bicepparam"), "validate");

        Assert.True(
            answer.ExitCode == 0 && answer.Errors.Length == 0,
            $"What {name} would create has changed. If that is meant, run infra/snapshot.sh and commit the result.\n{answer.Text}");
    }

    [Fact]
    public async Task Lint_FileWithAnUnusedParameter_SaysSo()
    {
        using var folder = Repository.NewFolder("bicep");
        File.Copy(Path.Combine(Bicep.Folder, "bicepconfig.json"), Path.Combine(folder.Path, "bicepconfig.json"));
        var file = Path.Combine(folder.Path, "wrong.bicep");
        await File.WriteAllTextAsync(file, "param unused string\n", TestContext.Current.CancellationToken);

        var answer = await Bicep.RunAsync("lint", file);

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("no-unused-params", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshot_ChangedSinceCommitted_IsRefused()
    {
        using var folder = Repository.NewFolder("bicep");
        CopyInfrastructure(folder.Path);
        var snapshot = Path.Combine(folder.Path, "dev.snapshot.json");
        var text = await File.ReadAllTextAsync(snapshot, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            snapshot, text.Replace("\"TLS1_2\"", "\"TLS1_0\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var answer = await Bicep.SnapshotAsync(Path.Combine(folder.Path, "dev.bicepparam"), "validate");

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("minimumTlsVersion", answer.Text, StringComparison.Ordinal);
    }

    private static void AssertSilent(ToolAnswer answer) =>
        Assert.True(answer is { ExitCode: 0, Output: "", Errors: "" }, answer.Text);

    private static void CopyInfrastructure(string target)
    {
        string[] folders = [Bicep.Folder, Path.Combine(Bicep.Folder, "modules")];
        foreach (var file in folders.SelectMany(Directory.GetFiles))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(Bicep.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
