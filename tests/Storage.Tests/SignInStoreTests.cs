using LdapSync.Core.Records;
using LdapSync.Core.SignIns;
using LdapSync.Storage.Records;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class SignInStoreTests(StorageFixture fixture)
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Rule", "I1")]
    public async Task TryAdd_FromTwoInstancesAtOnce_LetsNoMoreThanTheLimitThrough()
    {
        await using var stores = await fixture.StoresAsync();
        var prefix = stores.GetRequiredService<StorageOptions>().TablePrefix;
        await using var others = StorageFixture.Stores(fixture.Azurite.ConnectionString, prefix);
        var (one, two) = (stores.GetRequiredService<SignInLimitStore>(), others.GetRequiredService<SignInLimitStore>());

        var decisions = await Task.WhenAll(Enumerable.Range(0, 60).Select(index =>
            (index % 2 == 0 ? one : two).TryAddAsync("corp", "login:anna", Now, 7, TimeSpan.FromMinutes(1), Token)));

        var allowed = decisions.Where(decision => decision.Allowed).ToList();
        Assert.Equal(7, allowed.Count);
        Assert.Equal(7, allowed.Select(decision => decision.Attempts[^1]).Distinct().Count());
        Assert.True((await two.TryAddAsync("corp", "login:ben", Now, 7, TimeSpan.FromMinutes(1), Token)).Allowed);
        Assert.True((await two.TryAddAsync("other", "login:anna", Now, 7, TimeSpan.FromMinutes(1), Token)).Allowed);

        await one.TakeBackAsync("corp", "login:anna", allowed[0].Attempts[^1], Token);
        Assert.True((await two.TryAddAsync("corp", "login:anna", Now, 7, TimeSpan.FromMinutes(1), Token)).Allowed);
        Assert.False((await one.TryAddAsync("corp", "login:anna", Now, 7, TimeSpan.FromMinutes(1), Token)).Allowed);
        Assert.True((await one.TryAddAsync("corp", "login:anna", Now.AddSeconds(61), 7, TimeSpan.FromMinutes(1), Token)).Allowed);
    }

    [Fact]
    public async Task DeleteOlder_AttemptsAndCounters_GoByTheirTime()
    {
        await using var stores = await fixture.StoresAsync();
        var (audit, limits) = (stores.GetRequiredService<SignInStore>(), stores.GetRequiredService<SignInLimitStore>());
        foreach (var days in new[] { 0, 1, 2, 3 })
        {
            var at = Now.AddDays(-days);
            await audit.InsertAsync(new SignInRecord("corp", SignInStore.NewId(at), at, days == 0 ? "Änna" : "ben", null, "192.0.2.1", SignInOutcome.Throttled), Token);
            await limits.TryAddAsync("corp", $"login:{days}", at, 1, TimeSpan.FromDays(9), Token);
        }

        await audit.DeleteOlderAsync("corp", Now.AddDays(-1.5), Token);
        await limits.DeleteOlderAsync("corp", Now.AddDays(-1.5), Token);

        Assert.Equal([Now, Now.AddDays(-1)], (await audit.PageAsync("corp", null, null, 10, null, Token)).Items.Select(record => record.At));
        Assert.Equal("Änna", Assert.Single((await audit.PageAsync("corp", "änna", SignInOutcome.Throttled, 10, null, Token)).Items).Login);
        Assert.Empty((await audit.PageAsync("corp", "änna", SignInOutcome.SignedIn, 10, null, Token)).Items);
        Assert.False((await limits.TryAddAsync("corp", "login:1", Now, 1, TimeSpan.FromDays(9), Token)).Allowed);
        Assert.True((await limits.TryAddAsync("corp", "login:2", Now, 1, TimeSpan.FromDays(9), Token)).Allowed);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public async Task Collisions_AnsweredOnes_AreTheAnswers()
    {
        await using var stores = await fixture.StoresAsync();
        var queue = stores.GetRequiredService<CollisionStore>();
        var open = await queue.InsertAsync(Record("a", null), Token);
        var answered = await queue.InsertAsync(Record("b", new Core.Planning.CollisionAnswer(Core.Planning.AnswerKind.KeepApart, "anna", "anna.b")), Token);

        Assert.Equal([open, answered], (await queue.ListAsync("corp", Token)).OrderBy(record => record.Collision.LdapId, StringComparer.Ordinal));
        Assert.Equal([answered.Answer], (await queue.ListAsync("corp", Token)).Where(record => record.Collision.LdapId == "b").Select(record => record.Answer));
        await queue.ReplaceAsync(open with { Answer = answered.Answer }, Token);
        await Assert.ThrowsAsync<RecordChangedException>(() => queue.ReplaceAsync(open with { Answer = answered.Answer, RunId = "later" }, Token));
        await queue.DeleteAllAsync("corp", Token);
        Assert.Empty(await queue.ListAsync("corp", Token));

        static CollisionRecord Record(string ldapId, Core.Planning.CollisionAnswer? answer) => new("corp", Buckets.UserIdFor("corp", ldapId))
        {
            Collision = new(ldapId, Buckets.UserIdFor("corp", ldapId), "anna", $"uid={ldapId}", Core.Planning.CollisionKind.Taken, "0a", IsLinked: false),
            RunId = "corp.1",
            Since = Now,
            Answer = answer,
        };
    }
}
