using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class UserStoreTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_InsertedUser_HasEveryField()
    {
        var users = await UsersAsync();
        var user = Some.User(1);
        await users.InsertAsync(user, Token);
        var stored = await users.GetAsync(user.Id, Token);
        Assert.NotNull(stored?.ETag);
        Assert.Equal(user, stored with { ETag = null });
    }

    [Fact]
    public async Task Get_UserWithoutOptionalFields_HasNone()
    {
        var users = await UsersAsync();
        var user = new UserRecord(Some.User(1).Id) { Login = "x", FullName = "X", Created = Some.Time };
        await users.InsertAsync(user, Token);
        Assert.Equal(user, (await users.GetAsync(user.Id, Token))! with { ETag = null });
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("")]
    [InlineData("07000000000000000000000000000099")]
    public async Task Get_UnknownId_IsNull(string id) => Assert.Null(await (await UsersAsync()).GetAsync(id, Token));

    [Fact]
    public async Task Insert_OtherUserWithTheSameId_IsRefused()
    {
        var users = await UsersAsync();
        await users.InsertAsync(Some.User(1), Token);
        await users.InsertAsync(Some.User(1), Token);
        await Assert.ThrowsAsync<RecordExistsException>(() => users.InsertAsync(Some.User(1) with { Login = "other" }, Token));
    }

    [Fact]
    public async Task Replace_ChangedSinceItWasRead_IsRefusedAndNothingIsLost()
    {
        var users = await UsersAsync();
        await users.InsertAsync(Some.User(1), Token);
        var read = (await users.GetAsync(Some.User(1).Id, Token))!;
        var second = await users.ReplaceAsync(read with { FullName = "Second" }, Token);
        await Assert.ThrowsAsync<RecordChangedException>(() => users.ReplaceAsync(read with { FullName = "Third" }, Token));
        await Assert.ThrowsAsync<RecordChangedException>(() => users.DeleteAsync(read, Token));
        Assert.Equal(second, await users.GetAsync(read.Id, Token));
        await users.DeleteAsync(second, Token);
        await Assert.ThrowsAsync<RecordChangedException>(() => users.ReplaceAsync(second, Token));
    }

    [Fact]
    public async Task Replace_OptionalFieldsBecomeNull_AreRemoved()
    {
        var users = await UsersAsync();
        await users.InsertAsync(Some.User(1), Token);
        var read = (await users.GetAsync(Some.User(1).Id, Token))!;
        await users.ReplaceAsync(read with { DirectoryId = null, LdapId = null, Email = null }, Token);
        var after = (await users.GetAsync(read.Id, Token))!;
        Assert.Equal((null, null, null), (after.DirectoryId, after.LdapId, after.Email));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(60)]
    public async Task GetMany_FewOrManyOfABucket_GivesThoseThatExist(int count)
    {
        var users = await UsersAsync();
        await users.WriteAsync(7, [.. Enumerable.Range(0, 80).Select(i => new UserWrite(Some.User(i), WriteKind.Insert))], Token);
        await users.InsertAsync(Some.User(1, bucket: 200), Token);
        string[] ids = [.. Enumerable.Range(40, count).Select(i => Some.User(i).Id), Some.User(1, bucket: 200).Id, "malformed"];
        var found = await users.GetManyAsync(ids, Token);
        Assert.Equal(Math.Min(count, 40) + 1, found.Count);
        Assert.All(found, user => Assert.Equal(user.Key, user.Value.Id));
    }

    [Theory]
    [InlineData(7, null)]
    [InlineData(7, 1100)]
    [InlineData(50, null)]
    [InlineData(50, 0)]
    [InlineData(50, 1100)]
    [InlineData(250, null)]
    [InlineData(250, 0)]
    public async Task GetMany_OfAMuchLargerBucket_GivesThoseThatExist(int step, int? expected)
    {
        var users = await UsersAsync();
        await users.WriteAsync(7, [.. Enumerable.Range(0, 1100).Select(i => new UserWrite(Some.User(i), WriteKind.Insert))], Token);
        var wanted = Enumerable.Range(0, 9 * 250 / step).Select(i => i * step).Append(1099).Select(i => Some.User(i).Id).Distinct().ToList();
        var found = await users.GetManyAsync(wanted, expected, Token);
        Assert.Equal(wanted.Where(id => string.CompareOrdinal(id, Some.User(1100).Id) < 0).Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(found, user => Assert.Equal(user.Key, user.Value.Id));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1100, 40)]
    public async Task GetMany_OfABucketOfKnownSize_AsksForAllAtOnceOnlyWhereLittleElseIsThere(int bucketUsers, int requests)
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = await UsersAsync(proxy);
        await users.WriteAsync(7, [.. Enumerable.Range(0, bucketUsers).Select(i => new UserWrite(Some.User(i), WriteKind.Insert))], Token);
        proxy.Reset();
        Assert.Equal(Math.Min(bucketUsers, 40), (await users.GetManyAsync([.. Enumerable.Range(0, 40).Select(i => Some.User(i).Id)], bucketUsers, Token)).Count);
        Assert.Equal(requests, proxy.Requests);
    }

    [Fact]
    public async Task ReadBucket_ManyUsers_GivesThoseOfTheBucketInOrder()
    {
        var users = await UsersAsync();
        await users.WriteAsync(7, [.. Enumerable.Range(0, 1100).Reverse().Select(i => new UserWrite(Some.User(i), WriteKind.Insert))], Token);
        await users.InsertAsync(Some.User(1, bucket: 8), Token);
        var read = await users.ReadBucketAsync(7, Token).ToList();
        Assert.Equal(Enumerable.Range(0, 1100).Select(i => Some.User(i).Id), read.Select(user => user.Id));
    }

    [Theory]
    [InlineData("änn", 40)]
    [InlineData("USER1", 11)]
    [InlineData("o'hara", 0)]
    [InlineData("user39", 1)]
    public async Task Search_PrefixWithoutCase_FindsByLoginOrName(string search, int expected)
    {
        var users = await UsersAsync();
        await users.WriteAsync(7, [.. Enumerable.Range(0, 40).Select(i => new UserWrite(Some.User(i), WriteKind.Insert))], Token);
        var page = await users.SearchAsync(new UserQuery { Search = search, DirectoryId = "acme", Active = true, PageSize = 100 }, Token);
        Assert.Equal(expected, page.Items.Count);
    }

    [Fact]
    public async Task Search_PageByPage_GivesEveryUserOnce()
    {
        var users = await UsersAsync();
        for (var bucket = 0; bucket < 5; bucket++)
        {
            await users.WriteAsync(bucket, [.. Enumerable.Range(0, 9).Select(i => new UserWrite(Some.User(i, bucket), WriteKind.Insert))], Token);
        }

        await users.InsertAsync(Some.User(1, 99) with { Active = false }, Token);
        var (found, pages, token) = (new List<UserRecord>(), 0, (string?)null);
        do
        {
            var page = await users.SearchAsync(new UserQuery { PageSize = 7, Active = true, ContinuationToken = token }, Token);
            Assert.InRange(page.Items.Count, 0, 7);
            found.AddRange(page.Items);
            (token, pages) = (page.ContinuationToken, pages + 1);
        }
        while (token is not null);

        Assert.Equal(45, found.Select(user => user.Id).Distinct().Count());
        Assert.Equal(45, found.Count);
        Assert.InRange(pages, 7, 8);
        await Assert.ThrowsAsync<ArgumentException>(() => users.SearchAsync(new UserQuery { ContinuationToken = "%%" }, Token));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(60_000, 4)]
    [InlineData(0, 1000)]
    public async Task SearchWithin_PartByPart_GivesEveryUserOnceWhateverItsTime(int milliseconds, int pageSize)
    {
        var users = await UsersAsync();
        foreach (var bucket in new[] { 0, 15, 16, 17, 100, 255 })
        {
            await users.WriteAsync(bucket, [.. Enumerable.Range(0, 9).Select(i => new UserWrite(Some.User(i, bucket), WriteKind.Insert))], Token);
        }

        var (found, token, percent) = (new List<UserRecord>(), (string?)null, 0);
        do
        {
            var page = await users.SearchWithinAsync(
                new UserQuery { Search = "änne", PageSize = pageSize, ContinuationToken = token }, TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, Token);
            Assert.InRange(page.Items.Count, 0, pageSize);
            Assert.InRange(page.Percent, percent, 100);
            found.AddRange(page.Items);
            (token, percent) = (page.ContinuationToken, page.Percent);
        }
        while (token is not null);

        Assert.Equal(54, found.Count);
        Assert.Equal(found.Select(user => user.Id).Order(StringComparer.Ordinal).Distinct(), found.Select(user => user.Id));
        Assert.Equal(100, percent);
    }

    [Theory]
    [InlineData("%%")]
    [InlineData("1.2")]
    [InlineData("300.316.")]
    [InlineData("16.8.")]
    public async Task SearchWithin_ForeignContinuation_IsRefused(string token) => await Assert.ThrowsAsync<ArgumentException>(async () =>
        await (await UsersAsync()).SearchWithinAsync(new UserQuery { ContinuationToken = token }, TimeSpan.Zero, TimeProvider.System, Token));

    [Fact]
    public async Task Search_TextWithQuotesAndOperators_IsOnlyText()
    {
        var users = await UsersAsync();
        await users.InsertAsync(Some.User(1) with { FullName = "x' or 'a' eq 'a" }, Token);
        await users.InsertAsync(Some.User(2), Token);
        Assert.Single((await users.SearchAsync(new UserQuery { Search = "x' or 'a' eq 'a" }, Token)).Items);
    }

    private async Task<UserStore> UsersAsync(TableProxy? proxy = null) => (await fixture.StoresAsync(proxy)).GetRequiredService<UserStore>();
}
