using System.Net;
using System.Text.Json.Nodes;
using LdapSync.Storage.Tests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.App.Tests.Operations;

/// <summary>A key vault that goes away, through the real client over TLS.</summary>
public sealed class VaultTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    public async Task Run_WithTheVaultAway_FailsClearlyAndChangesNothingUntilItIsBack()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var time = new AdvancedTime();
        var secrets = vault.Connect(time);
        await using var app = await Installation.StartAsync(
            emulator, People.Few(), configure: builder => builder.Services.AddSingleton(secrets));
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        var before = await app.GetAsync("api/users?pageSize=1000");

        // What was read is remembered for a minute.
        time.By = TimeSpan.FromMinutes(2);
        vault.Refuse = (int.MaxValue, 503);
        var failed = await app.SyncAsync();

        Assert.Equal("failed", (string?)failed["status"]);
        Assert.Contains("https://127.0.0.1", (string?)failed["error"], StringComparison.Ordinal);
        Assert.Equal(before.ToJsonString(), (await app.GetAsync("api/users?pageSize=1000")).ToJsonString());
        using var health = await app.TrySendAsync(HttpMethod.Get, "api/health");
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Contains("\"secrets\":\"away\"", await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        vault.Refuse = default;
        Assert.Equal("completed", (string?)(await app.SyncAsync())["status"]);
        Assert.Equal(before.ToJsonString(), (await app.GetAsync("api/users?pageSize=1000")).ToJsonString());
    }

    [Fact]
    [Trait("Rule", "S1")]
    public async Task Save_VaultRefusesThePassword_SavesNothing()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        await using var app = await Installation.StartAsync(
            emulator, People.Few(), configure: builder => builder.Services.AddSingleton(vault.Connect(TimeProvider.System)));
        await app.ConfigureAsync();
        var before = await app.GetAsync($"api/directories/{Api.Directory}/settings");

        // What was read is remembered for a minute, so only writing meets the vault.
        vault.Refuse = (int.MaxValue, 503);
        await app.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Put, $"api/directories/{Api.Directory}/settings?start=false", app.SettingsBody(body =>
        {
            body["connection"]!["administratorLogin"] = People.Name("anna");
            body["connection"]!["password"] = "anna-secret";
        }));
        vault.Refuse = default;

        Assert.Equal(before.ToJsonString(), (await app.GetAsync($"api/directories/{Api.Directory}/settings")).ToJsonString());
        await app.CompleteAsync();
    }

    [Fact]
    public async Task Delete_VaultAway_CanBeRepeated()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var time = new AdvancedTime();
        var secrets = vault.Connect(time);
        await using var app = await Installation.StartAsync(emulator, People.Few(), configure: builder => builder.Services.AddSingleton(secrets));
        await app.ConfigureAsync();
        await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, $"api/directories/{Api.Directory}/sign-in", new JsonObject { ["login"] = "nobody", ["password"] = "wrong" });
        Assert.Single(await app.ItemsAsync($"api/directories/{Api.Directory}/sign-ins"));

        vault.Refuse = (int.MaxValue, 503);
        await app.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Delete, $"api/directories/{Api.Directory}");
        vault.Refuse = default;
        await app.SendAsync(HttpMethod.Delete, $"api/directories/{Api.Directory}");

        time.By = TimeSpan.FromMinutes(2);
        Assert.Null(await secrets.GetAsync(App.Sync.DirectorySessions.PasswordName(Api.Directory), TestContext.Current.CancellationToken));
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"api/directories/{Api.Directory}");
        await app.ConfigureAsync();
        Assert.Empty(await app.ItemsAsync($"api/directories/{Api.Directory}/sign-ins"));
    }

    private sealed class AdvancedTime : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;
    }
}
