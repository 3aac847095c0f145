using System.Diagnostics;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.Storage.Staging;
using LdapSync.TestBed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class UnavailableTests(StorageFixture fixture)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Anything_PortRefused_SaysWhichServiceSoon()
    {
        var port = Ports.Free();
        var stores = StorageFixture.Stores(Azurite.ConnectionStringFor(port, port, port));
        var watch = Stopwatch.StartNew();
        var tables = await Assert.ThrowsAsync<StorageUnavailableException>(() => stores.GetRequiredService<UserStore>().GetAsync(Some.User(1).Id, Token));
        Assert.Contains($"Table storage at 127.0.0.1:{port}", tables.Message);
        var writer = stores.GetRequiredService<StagingArea>().CreateWriter("a", "b");
        writer.Add("s", [1]);
        var blobs = await Assert.ThrowsAsync<StorageUnavailableException>(() => writer.CompleteAsync(Token));
        Assert.Contains($"Blob storage at 127.0.0.1:{port}", blobs.Message);
        Assert.DoesNotContain("Eby8vdM02xNOcqFlqUwJPL", tables.ToString() + blobs);
        Assert.DoesNotContain("Signature", tables.ToString() + blobs);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Soon);
    }

    [Theory]
    [InlineData(FailureMode.Unavailable, "503")]
    [InlineData(FailureMode.Cut, "cannot be reached")]
    [InlineData(FailureMode.Forbidden, "Storage Table Data Contributor")]
    public async Task Tables_FailingForLong_SayWhyAndRecoverAfterwards(FailureMode mode, string expected)
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = (await fixture.StoresAsync(proxy)).GetRequiredService<UserStore>();
        proxy.Fail = mode;
        UserWrite[] writes = [new(Some.User(1), WriteKind.Insert)];
        var failures = new[]
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => users.WriteAsync(7, writes, Token)),
            await Assert.ThrowsAsync<StorageUnavailableException>(async () => await users.ReadBucketAsync(7, Token).ToList()),
            await Assert.ThrowsAsync<StorageUnavailableException>(() => users.InsertAsync(Some.User(2), Token)),
        };
        Assert.All(failures, failure => Assert.Contains(expected, failure.Message));
        proxy.Fail = FailureMode.None;
        Assert.Equal([WriteOutcome.Done], await users.WriteAsync(7, writes, Token));
        Assert.Single(await users.ReadBucketAsync(7, Token).ToList());
    }

    [Fact]
    public async Task Tables_FailingOnce_AreAskedAgain()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = (await fixture.StoresAsync(proxy)).GetRequiredService<UserStore>();
        proxy.FailNext(FailureMode.Unavailable, count: 2);
        await users.InsertAsync(Some.User(1), Token);
        Assert.NotNull(await users.GetAsync(Some.User(1).Id, Token));
    }

    [Fact]
    public async Task Call_Cancelled_EndsAsCancelled()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = (await fixture.StoresAsync(proxy)).GetRequiredService<UserStore>();
        proxy.Delay = TimeSpan.FromMinutes(5);
        using var cancelling = new CancellationTokenSource();
        var reading = users.GetAsync(Some.User(1).Id, cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task EnsureCreated_FailedOnce_TriesAgainAndThenRemembers()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var setup = StorageFixture.Stores(proxy.ConnectionString, "Setup").GetRequiredService<RecordsSetup>();
        proxy.Fail = FailureMode.Forbidden;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => setup.EnsureCreatedAsync(Token));
        proxy.Fail = FailureMode.None;
        await Task.WhenAll(setup.EnsureCreatedAsync(Token), setup.EnsureCreatedAsync(Token));
        proxy.Fail = FailureMode.Forbidden;
        await setup.EnsureCreatedAsync(Token);
    }

    [Theory]
    [InlineData("Records:TablePrefix", "has-hyphen", "Records__TablePrefix")]
    [InlineData("Records:ConnectionString", "", "Records__AccountName")]
    [InlineData("KeyVault:Uri", "vault", "KeyVault__Uri")]
    public void Settings_Wrong_NameTheSetting(string key, string value, string expected)
    {
        var settings = new Dictionary<string, string?> { ["Records:ConnectionString"] = fixture.Azurite.ConnectionString, [key] = value };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var stores = new ServiceCollection().AddSingleton(TimeProvider.System).AddLdapSyncStorage(configuration).BuildServiceProvider();
        Assert.Contains(expected, Assert.Throws<InvalidOperationException>(stores.GetRequiredService<UserStore>).Message);
    }
}
