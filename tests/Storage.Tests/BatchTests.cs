using CsCheck;
using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class BatchTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_OneRowOfEachConflict_WritesEveryOtherRow()
    {
        var users = await UsersAsync();
        await users.WriteAsync(7, [.. Enumerable.Range(0, 4).Select(i => new UserWrite(Some.User(i), WriteKind.Insert))], Token);
        var stored = await users.ReadBucketAsync(7, Token).ToList();
        await users.ReplaceAsync(stored[1] with { FullName = "By hand" }, Token);
        await users.DeleteAsync(stored[2], Token);
        List<UserWrite> writes =
        [
            new(Some.User(50) with { Login = "new" }, WriteKind.Insert),
            new(Some.User(0) with { Login = "different" }, WriteKind.Insert),
            new(stored[1] with { FullName = "From directory" }, WriteKind.Replace),
            new(stored[2] with { FullName = "From directory" }, WriteKind.Replace),
            new(stored[3] with { FullName = "From directory" }, WriteKind.Replace),
            new(Some.User(60), WriteKind.Delete),
            .. Enumerable.Range(100, 80).Select(i => new UserWrite(Some.User(i), WriteKind.Insert)),
        ];
        var outcomes = await users.WriteAsync(7, writes, Token);
        Assert.Equal(
            [WriteOutcome.Done, WriteOutcome.AlreadyExists, WriteOutcome.Changed, WriteOutcome.Missing, WriteOutcome.Done, WriteOutcome.Missing],
            outcomes.Take(6));
        Assert.All(outcomes.Skip(6), outcome => Assert.Equal(WriteOutcome.Done, outcome));
        var after = (await users.ReadBucketAsync(7, Token).ToList()).ToDictionary(user => user.Id);
        Assert.Equal(84, after.Count);
        Assert.Equal("By hand", after[stored[1].Id].FullName);
        Assert.Equal("From directory", after[stored[3].Id].FullName);
        Assert.Equal("user0", after[stored[0].Id].Login);
    }

    [Fact]
    public async Task Merge_OfWhatChanges_LeavesTheRestAndIsGuarded()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = await UsersAsync(proxy);
        await users.WriteAsync(7, [.. Enumerable.Range(0, 4).Select(i => new UserWrite(Some.User(i), WriteKind.Insert))], Token);
        var stored = await users.ReadBucketAsync(7, Token).ToList();
        await users.ReplaceAsync(stored[1] with { FullName = "By hand" }, Token);
        await users.DeleteAsync(stored[2], Token);
        UserWrite Merge(UserRecord user, string phone) => new(new UserRecord(user.Id) { Login = "", FullName = "", ETag = user.ETag, Phone = phone }, WriteKind.Merge)
        {
            From = new UserRecord(user.Id) { Login = "", FullName = "", Phone = "+49 1" },
        };
        UserWrite[] writes = [.. stored.Take(3).Select(user => Merge(user, "+49 2"))];
        Assert.Equal([WriteOutcome.Done, WriteOutcome.Changed, WriteOutcome.Missing], await users.WriteAsync(7, writes, Token));
        Assert.Equal(stored[0] with { Phone = "+49 2", ETag = null }, (await users.GetAsync(stored[0].Id, Token))! with { ETag = null });
        Assert.Equal("+49 1", (await users.GetAsync(stored[1].Id, Token))!.Phone);

        proxy.FailNext(FailureMode.LoseAnswer, which: request => request.Method == "POST");
        Assert.Equal([WriteOutcome.Done], await users.WriteAsync(7, [Merge(stored[3], "+49 3")], Token));
        Assert.Equal([WriteOutcome.Done], await users.WriteAsync(7, [writes[0]], Token));
        await Assert.ThrowsAsync<ArgumentException>(() => users.WriteAsync(7, [new UserWrite(stored[3] with { Phone = null }, WriteKind.Merge) { From = stored[3] }], Token));
    }

    [Fact]
    public async Task Write_MoreThanAHundred_TakesFullTransactions()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = await UsersAsync(proxy);
        var outcomes = await users.WriteAsync(7, [.. Enumerable.Range(0, 250).Select(i => new UserWrite(Some.User(i), WriteKind.Insert))], Token);
        Assert.Equal((250, 3L, 250L), (outcomes.Count, proxy.Transactions, proxy.WritesTo("Users")));
        Assert.Equal(250, (await users.ReadBucketAsync(7, Token).ToList()).Count);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('ä')]
    [InlineData('"')]
    public async Task Write_LargeRows_KeepsTransactionsUnderFourMebibytes(char filling)
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = await UsersAsync(proxy);
        var text = new string(filling, 32_000);
        var writes = Enumerable.Range(0, 60).Select(i => new UserWrite(Some.User(i) with { DistinguishedName = text, Phone = text, Email = text }, WriteKind.Insert));
        Assert.All(await users.WriteAsync(7, [.. writes], Token), outcome => Assert.Equal(WriteOutcome.Done, outcome));
        Assert.InRange(proxy.LargestTransaction, 1, 4 * 1024 * 1024);
        Assert.True(proxy.Transactions > 1);
        Assert.Equal(60, (await users.ReadBucketAsync(7, Token).ToList()).Count(user => user.Phone == text));
    }

    [Fact]
    public async Task Write_AnswerLost_IsRepeatedAndDone()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = await UsersAsync(proxy);
        UserWrite[] inserts = [.. Enumerable.Range(0, 100).Select(i => new UserWrite(Some.User(i), WriteKind.Insert))];
        proxy.FailNext(FailureMode.LoseAnswer, which: request => request.Method == "POST");
        Assert.All(await users.WriteAsync(7, inserts, Token), outcome => Assert.Equal(WriteOutcome.Done, outcome));

        UserWrite[] changes = [.. (await users.ReadBucketAsync(7, Token).ToList()).Select(user => new UserWrite(user with { FullName = "New" }, WriteKind.Replace))];
        proxy.FailNext(FailureMode.LoseAnswer, which: request => request.Method == "POST");
        Assert.All(await users.WriteAsync(7, changes, Token), outcome => Assert.Equal(WriteOutcome.Done, outcome));
        Assert.All(await users.ReadBucketAsync(7, Token).ToList(), user => Assert.Equal("New", user.FullName));
    }

    [Fact]
    public async Task Write_RepeatedAfterSuccess_CostsOneReadAndNoTransactionPerRow()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = await UsersAsync(proxy);
        UserWrite[] inserts = [.. Enumerable.Range(0, 100).Select(i => new UserWrite(Some.User(i), WriteKind.Insert))];
        await users.WriteAsync(7, inserts, Token);
        proxy.Reset();
        Assert.All(await users.WriteAsync(7, inserts, Token), outcome => Assert.Equal(WriteOutcome.Done, outcome));
        Assert.Equal(1, proxy.Transactions);
    }

    [Fact]
    public async Task Single_AnswerLost_IsDone()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var users = await UsersAsync(proxy);
        proxy.FailNext(FailureMode.LoseAnswer);
        await users.InsertAsync(Some.User(1), Token);
        var read = (await users.GetAsync(Some.User(1).Id, Token))!;
        proxy.FailNext(FailureMode.LoseAnswer);
        var replaced = await users.ReplaceAsync(read with { FullName = "New" }, Token);
        Assert.Equal(replaced, await users.GetAsync(read.Id, Token));
        proxy.FailNext(FailureMode.LoseAnswer);
        await users.DeleteAsync(replaced, Token);
        Assert.Null(await users.GetAsync(read.Id, Token));
    }

    [Fact]
    public async Task Write_AnyMixAgainstAnyRows_IsWhatAModelSays()
    {
        // The table is shared by all samples; each has rows of its own.
        var sample = 0;
        var users = await UsersAsync();
        await Gen.Select(Gen.Int[0, 3], Gen.Int[0, (int)WriteKind.Delete]).Array[1, 30].SampleAsync(
            rows => CheckAsync(users, Interlocked.Add(ref sample, 1) * 100, rows), iter: 60, threads: 2);
    }

    /// <summary>States: missing, as read, changed since, removed since. Kinds: those of <see cref="WriteKind"/>.</summary>
    private static async Task CheckAsync(UserStore users, int start, (int State, int Kind)[] rows)
    {
        var (writes, expected) = (new List<UserWrite>(), new List<WriteOutcome>());
        for (var i = 0; i < rows.Length; i++)
        {
            var (state, kind, user) = (rows[i].State, (WriteKind)rows[i].Kind, Some.User(start + i) with { ETag = "W/\"none\"" });
            if (state > 0)
            {
                await users.InsertAsync(user, Token);
                user = (await users.GetAsync(user.Id, Token))!;
            }

            if (state == 2)
            {
                await users.ReplaceAsync(user with { FullName = "Changed" }, Token);
            }
            else if (state == 3)
            {
                await users.DeleteAsync(user, Token);
            }

            writes.Add(new UserWrite(user with { FullName = "Written" }, kind) { From = user });
            expected.Add((kind, state) switch
            {
                (WriteKind.Insert, 1 or 2) => WriteOutcome.AlreadyExists,
                (WriteKind.Replace or WriteKind.Merge or WriteKind.Delete, 0 or 3) => WriteOutcome.Missing,
                (WriteKind.Replace or WriteKind.Merge or WriteKind.Delete, 2) => WriteOutcome.Changed,
                _ => WriteOutcome.Done,
            });
        }

        Assert.Equal(expected, await users.WriteAsync(7, writes, Token));
        for (var i = 0; i < writes.Count; i++)
        {
            var stored = await users.GetAsync(writes[i].Record.Id, Token);
            var name = expected[i] == WriteOutcome.Done && writes[i].Kind != WriteKind.Delete ? "Written" : stored?.FullName;
            Assert.Equal(name, stored?.FullName);
            Assert.True(stored is not null || expected[i] == WriteOutcome.Missing || writes[i].Kind == WriteKind.Delete);
        }
    }

    private async Task<UserStore> UsersAsync(TableProxy? proxy = null) => (await fixture.StoresAsync(proxy)).GetRequiredService<UserStore>();
}
