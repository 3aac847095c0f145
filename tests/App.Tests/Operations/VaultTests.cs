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

    private sealed class AdvancedTime : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;
    }
}
