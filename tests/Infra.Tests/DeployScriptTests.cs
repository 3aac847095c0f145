using LdapSync.TestBed;

namespace LdapSync.Infra.Tests;

/// <summary>infra/deploy.sh with stand-ins for az that write down how they were called.</summary>
public sealed class DeployScriptTests : IDisposable
{
    private readonly TemporaryFolder folder = Repository.NewFolder("deploy");

    private string Calls => File.Exists(Log) ? File.ReadAllText(Log) : "";

    private string Log => Path.Combine(folder.Path, "calls");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Deploy_WithoutTheTools_NamesThemAndHowToGetThem()
    {
        var answer = await RunAsync(withAz: false, "mine");

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("az: the Azure CLI, https://", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("dotnet: the .NET SDK", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_UnknownEnvironment_ListsTheKnownOnes()
    {
        var answer = await RunAsync(withAz: true, "nowhere");

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("Known environments: dev mine prod", answer.Errors, StringComparison.Ordinal);
        Assert.Equal("", Calls);
    }

    [Theory]
    [InlineData("dev", "corp.example")]
    [InlineData("prod", "corp.example")]
    public async Task Deploy_ExampleParameters_AreRefused(string environment, string because)
    {
        var answer = await RunAsync(withAz: true, environment, "--package", Package());

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains(because, answer.Errors, StringComparison.Ordinal);
        Assert.Equal("", Calls);
    }

    [Fact]
    public async Task WhatIf_ExistingGroup_ChangesNothing()
    {
        var answer = await RunAsync(withAz: true, "prod", "--what-if");

        Assert.True(answer.ExitCode == 0, answer.Text);
        Assert.Contains("deployment group what-if --resource-group rg-ldapsync-prod --parameters infra/prod.bicepparam", Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("create", Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("config-zip", Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_AnsweredNo_StopsBeforeProvisioning()
    {
        var answer = await RunAsync(withAz: true, "mine", "--sign-in", "--package", Package());

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("stopped", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("deployment group what-if", Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("deployment group create", Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("ad app create", Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("ad app update", Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_SaidYesWithSignIn_ShowsRegistersProvisionsTrustsAndPublishesInThisOrder()
    {
        var answer = await RunAsync(withAz: true, "mine", "--yes", "--sign-in", "--swap", "--package", Package());

        Assert.True(answer.ExitCode == 0, answer.Text);
        string[] expected =
        [
            "deployment group what-if", "ad app create", "ad sp update", "deployment group create --name ldapsync",
            "ad app update --id 22222222-2222-2222-2222-222222222222 --web-redirect-uris", "ad app federated-credential create",
            "functionapp deployment source config-zip", "functionapp deployment slot swap",
        ];
        var places = expected.Select(call => Calls.IndexOf(call, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Contains("--parameters signInClientId=22222222-2222-2222-2222-222222222222", Calls, StringComparison.Ordinal);
        Assert.Contains("--slot staging --src", Calls, StringComparison.Ordinal);
        Assert.Contains("https://staging.example/.auth/login/aad/callback", Calls, StringComparison.Ordinal);
    }

    private string Package()
    {
        var file = Path.Combine(folder.Path, "app.zip");
        File.WriteAllText(file, "");
        return file;
    }

    // The script works in the folder above itself, so it gets a copy of infra/ with an environment of ours.
    private async Task<ToolAnswer> RunAsync(bool withAz, params string[] arguments)
    {
        var infra = Directory.CreateDirectory(Path.Combine(folder.Path, "infra")).FullName;
        foreach (var file in Directory.GetFiles(Bicep.Folder))
        {
            File.Copy(file, Path.Combine(infra, Path.GetFileName(file)), overwrite: true);
        }

        File.WriteAllText(Path.Combine(infra, "mine.bicepparam"), "using 'main.bicep'\n");
        var programs = Directory.CreateDirectory(Path.Combine(folder.Path, "bin")).FullName;
        foreach (var program in new[] { "bash", "dirname", "basename", "grep", "tr", "cat", "sed", "env" })
        {
            var link = Path.Combine(programs, program);
            if (!File.Exists(link))
            {
                File.CreateSymbolicLink(link, Path.Combine(File.Exists($"/bin/{program}") ? "/bin" : "/usr/bin", program));
            }
        }

        if (withAz)
        {
            var az = Path.Combine(programs, "az");
            await File.WriteAllTextAsync(az, Az(), TestContext.Current.CancellationToken);
            File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return await Tool.RunAsync(
            "/bin/bash", [Path.Combine(infra, "deploy.sh"), .. arguments], folder.Path, new Dictionary<string, string> { ["PATH"] = programs });
    }

    private string Az() => $$"""
        #!/bin/bash
        echo "$*" >> '{{Log}}'
        case "$*" in
          *"ad app list"* | *"federated-credential list"*) ;;
          *"ad app create"*) echo 22222222-2222-2222-2222-222222222222 ;;
          *"outputs.functionAppUrl"*) echo https://app.example ;;
          *"outputs.stagingUrl"*) echo https://staging.example ;;
          *) echo value ;;
        esac
        """;
}
