using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class KeyVaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Set_AndGet_PassTheChallenge()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var secrets = vault.Connect(TimeProvider.System);
        Assert.Null(await secrets.GetAsync("directory-acme", Token));
        await secrets.SetAsync("directory-acme", "pässwörd", Token);
        Assert.Equal("pässwörd", await secrets.GetAsync("directory-acme", Token));
        Assert.Equal("pässwörd", vault.Secrets["directory-acme"]);
        Assert.True(vault.Unauthorized > 0);
    }

    [Fact]
    public async Task Get_Again_IsRememberedForAMinuteAndDroppedOnWrite()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var time = new SettableTime();
        var secrets = vault.Connect(time);
        vault.Secrets["s"] = "one";
        Assert.Equal("one", await secrets.GetAsync("s", Token));
        var requests = vault.Requests;
        vault.Secrets["s"] = "two";
        time.Now += TimeSpan.FromSeconds(59);
        Assert.Equal("one", await secrets.GetAsync("s", Token));
        Assert.Equal(requests, vault.Requests);
        time.Now += TimeSpan.FromSeconds(2);
        Assert.Equal("two", await secrets.GetAsync("s", Token));
        await secrets.SetAsync("s", "three", Token);
        Assert.Equal("three", await secrets.GetAsync("s", Token));
        await secrets.DeleteAsync("s", Token);
        Assert.Null(await secrets.GetAsync("s", Token));
    }

    [Fact]
    public async Task Set_SoftDeletedName_IsRecoveredFirst()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var secrets = vault.Connect(TimeProvider.System);
        await secrets.SetAsync("s", "one", Token);
        await secrets.DeleteAsync("s", Token);
        await secrets.DeleteAsync("s", Token);
        Assert.Single(vault.Deleted);
        await secrets.SetAsync("s", "two", Token);
        Assert.Empty(vault.Deleted);
        Assert.Equal("two", await secrets.GetAsync("s", Token));
    }

    [Theory]
    [InlineData("ObjectIsBeingDeleted", 1)]
    [InlineData("ObjectIsBeingDeleted", 6)]
    [InlineData("ObjectIsBeingRecovered", 5)]
    public async Task Set_NameBeingDeletedOrRecovered_IsTriedUntilItIsThrough(string code, int requests)
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var secrets = vault.Connect(new HurriedTime());
        await secrets.SetAsync("s", "one", Token);
        await secrets.DeleteAsync("s", Token);
        vault.UnderWay = (requests, code);
        await secrets.SetAsync("s", "two", Token);
        Assert.Empty(vault.Deleted);
        Assert.Equal("two", await secrets.GetAsync("s", Token));
    }

    [Fact]
    public async Task Set_DeletionThatDoesNotEnd_SaysWhatTheVaultSays()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var secrets = vault.Connect(new HurriedTime());
        vault.UnderWay = (1000, "ObjectIsBeingDeleted");
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => secrets.SetAsync("directory-acme", "hunter2-value", Token));
        Assert.Contains("directory-acme", failure.Message);
        Assert.Contains("409", failure.Message);
        Assert.DoesNotContain("hunter2", failure.ToString());
    }

    [Theory]
    [InlineData("ObjectIsBeingDeleted")]
    [InlineData("ObjectIsBeingRecovered")]
    public async Task Delete_WhileAnotherChangeIsUnderWay_IsTriedUntilItIsGone(string code)
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var secrets = vault.Connect(new HurriedTime());
        await secrets.SetAsync("s", "one", Token);
        vault.UnderWay = (2, code);
        await secrets.DeleteAsync("s", Token);
        Assert.Empty(vault.Secrets);
        Assert.Null(await secrets.GetAsync("s", Token));
    }

    [Fact]
    public async Task Set_Throttled_WaitsAsLongAsTheVaultAsks()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var secrets = vault.Connect(TimeProvider.System);
        (vault.Refuse, vault.RetryAfter) = ((1, 429), 1);
        var started = TimeProvider.System.GetTimestamp();
        await secrets.SetAsync("s", "one", Token);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
        Assert.Equal("one", vault.Secrets["s"]);
    }

    [Fact]
    public async Task Get_AfterThrottlingWithoutEnd_IsAskedAnewAndRemembersNothing()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var secrets = vault.Connect(TimeProvider.System);
        vault.Secrets["s"] = "one";
        vault.Refuse = (4, 429);
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => secrets.GetAsync("s", Token));
        Assert.Contains("429", failure.Message);
        Assert.Equal("one", await secrets.GetAsync("s", Token));
    }

    [Fact]
    public async Task Get_ThrottledTwice_IsAskedAgain()
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var secrets = vault.Connect(TimeProvider.System);
        vault.Secrets["s"] = "one";
        vault.Refuse = (2, 429);
        Assert.Equal("one", await secrets.GetAsync("s", Token));
    }

    [Theory]
    [InlineData(503, "503")]
    [InlineData(403, "Key Vault Secrets Officer")]
    [InlineData(400, "400")]
    public async Task Set_Refused_NamesVaultAndSecretNeverTheValue(int status, string expected)
    {
        await using var vault = await KeyVaultFake.StartAsync();
        var secrets = vault.Connect(TimeProvider.System);
        vault.Refuse = (100, status);
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => secrets.SetAsync("directory-acme", "hunter2-value", Token));
        Assert.Contains("directory-acme", failure.Message);
        Assert.Contains("https://127.0.0.1", failure.Message);
        Assert.Contains(expected, failure.Message);
        Assert.DoesNotContain("hunter2", failure.ToString());
    }

    /// <summary>Pauses are over as soon as they begin.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class SettableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Some.Time;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
