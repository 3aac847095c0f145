using System.Text;
using LdapSync.Core.Records;
using LdapSync.Storage.State;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class SyncStateTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_WithTheETagRead_ReplacesAndWithAnOlderOneDoesNot()
    {
        var states = await StatesAsync();
        Assert.Null(await states.ReadAsync("acme", 5, Token));
        Assert.True(await states.WriteAsync("acme", 5, "one"u8.ToArray(), null, Token));
        Assert.False(await states.WriteAsync("acme", 5, "two"u8.ToArray(), null, Token));
        var first = (await states.ReadAsync("acme", 5, Token))!;
        Assert.True(await states.WriteAsync("acme", 5, "two"u8.ToArray(), first.ETag, Token));
        Assert.False(await states.WriteAsync("acme", 5, "three"u8.ToArray(), first.ETag, Token));
        Assert.Equal("two", Encoding.UTF8.GetString((await states.ReadAsync("acme", 5, Token))!.Content));
        Assert.Null(await states.ReadAsync("acme", 6, Token));
        Assert.Null(await states.ReadAsync("other", 5, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => states.WriteAsync("acme", 5, default, null, Token));
    }

    [Fact]
    public async Task Invalidate_BeforeAWriteFromOlderRecords_IsNotLost()
    {
        var states = await StatesAsync();

        // A run found no state and is building one; one state exists and is being renewed.
        await states.WriteAsync("acme", 2, "old"u8.ToArray(), null, Token);
        var second = (await states.ReadAsync("acme", 2, Token))!;
        await states.InvalidateAsync("acme", 1, Token);
        await states.InvalidateAsync("acme", 2, Token);
        Assert.False(await states.WriteAsync("acme", 1, "new"u8.ToArray(), null, Token));
        Assert.False(await states.WriteAsync("acme", 2, "new"u8.ToArray(), second.ETag, Token));
        var stale = (await states.ReadAsync("acme", 1, Token))!;
        Assert.True(stale.IsStale);
        Assert.True(await states.WriteAsync("acme", 1, "rebuilt"u8.ToArray(), stale.ETag, Token));
        Assert.False((await states.ReadAsync("acme", 1, Token))!.IsStale);
    }

    [Fact]
    public async Task Write_AnswerLost_IsTrue()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var states = (await fixture.StoresAsync(proxy)).GetRequiredService<SyncStateStore>();
        proxy.FailNext(FailureMode.LoseAnswer);
        Assert.True(await states.WriteAsync("acme", 1, "one"u8.ToArray(), null, Token));
        var read = (await states.ReadAsync("acme", 1, Token))!;
        proxy.FailNext(FailureMode.LoseAnswer);
        Assert.True(await states.WriteAsync("acme", 1, "two"u8.ToArray(), read.ETag, Token));
    }

    [Fact]
    public async Task InvalidateAllThenDeleteAll_OneDirectory_LeavesTheOther()
    {
        var states = await StatesAsync();
        await states.WriteAsync("acme", 1, "one"u8.ToArray(), null, Token);
        await states.WriteAsync("other", 1, "one"u8.ToArray(), null, Token);
        await states.InvalidateAllAsync("acme", Token);
        Assert.True((await states.ReadAsync("acme", 1, Token))!.IsStale);
        Assert.True((await states.ReadAsync("acme", 255, Token))!.IsStale);
        await states.DeleteAllAsync("acme", Token);
        Assert.Null(await states.ReadAsync("acme", 1, Token));
        Assert.False((await states.ReadAsync("other", 1, Token))!.IsStale);
    }

    [Fact]
    public async Task MarkUser_BoundByHand_MarksBothBuckets()
    {
        var stores = await fixture.StoresAsync();
        var (states, marks) = (stores.GetRequiredService<SyncStateStore>(), stores.GetRequiredService<DirtyMarks>());
        var user = Some.User(1, bucket: 7);
        var other = Buckets.OfLdapId("acme", user.LdapId!);
        Assert.NotEqual(7, other);
        await marks.MarkUserAsync(user with { DirectoryId = null }, Token);
        await marks.MarkMemberAsync(new RoleRecord("r") { Name = "R" }, user, Token);
        Assert.Null(await states.ReadAsync("acme", 7, Token));
        await marks.MarkUserAsync(user, Token);
        Assert.True((await states.ReadAsync("acme", 7, Token))!.IsStale);
        Assert.True((await states.ReadAsync("acme", other, Token))!.IsStale);
    }

    private async Task<SyncStateStore> StatesAsync() => (await fixture.StoresAsync()).GetRequiredService<SyncStateStore>();
}
