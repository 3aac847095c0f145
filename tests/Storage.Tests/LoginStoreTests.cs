using LdapSync.Core.Records;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Records;
using LdapSync.TestBed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class LoginStoreTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("anna", "ANNA")]
    [InlineData("Änne.Müller@example.com", "äNNE.mÜLLER@EXAMPLE.COM")]
    [InlineData("corp\\anna/#?%", "CORP\\Anna/#?%")]
    [InlineData("o'hara+x & y=z", "O'Hara+X & Y=Z")]
    [InlineData(" leading and trailing ", " LEADING AND TRAILING ")]
    [InlineData("tab\tand\u0001\u0085", "TAB\tAND\u0001\u0085")]
    [InlineData("日本語😀", "日本語😀")]
    [InlineData("..", "..")]
    [InlineData("~0020", "~0020")]
    public async Task Claim_AnyCharacters_IsFoundWithoutCase(string login, string other)
    {
        var logins = await LoginsAsync();
        Assert.True(await logins.TryClaimAsync(login, "u1", Token));
        Assert.True(await logins.TryClaimAsync(other, "u1", Token));
        Assert.False(await logins.TryClaimAsync(other, "u2", Token));
        Assert.Equal("u1", await logins.FindUserIdAsync(other, Token));
        var found = await logins.FindManyAsync(Buckets.OfLogin(login), [login, other], Token);
        Assert.Equal(("u1", 1), (found[Buckets.NormalizeLogin(login)], found.Count));
        await logins.ReleaseAsync(other, "u2", Token);
        Assert.Equal("u1", await logins.FindUserIdAsync(login, Token));
        await logins.ReleaseAsync(other, "u1", Token);
        Assert.Null(await logins.FindUserIdAsync(login, Token));
    }

    [Fact]
    public void KeyOf_DifferentLogins_AreLegalAndDifferent()
    {
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(CsCheck.Gen.String[1, 30], CsCheck.Gen.String[1, 30]),
            (one, other) =>
            {
                // Random text may hold halves of surrogate pairs, which no directory sends.
                one = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(one));
                other = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(other));
                EntityLimits.CheckKey("RowKey", LoginKey.Of(one));
                return (Buckets.NormalizeLogin(one) == Buckets.NormalizeLogin(other)) == (LoginKey.Of(one) == LoginKey.Of(other));
            });
        var (first, second) = (new string('é', 600) + "1", new string('é', 600) + "2");
        Assert.NotEqual(LoginKey.Of(first), LoginKey.Of(second));
        Assert.InRange(LoginKey.Of(first).Length, 1, 512);
        Assert.InRange(LoginKey.Of(new string('/', 479)).Length, 1, 512);
    }

    [Fact]
    public async Task Claim_ManyAtOnce_ExactlyOneWins()
    {
        var logins = await LoginsAsync();
        var claims = await Task.WhenAll(Enumerable.Range(0, 24).Select(async i => (User: $"u{i}", Won: await logins.TryClaimAsync("anna", $"u{i}", Token))));
        var winner = Assert.Single(claims, claim => claim.Won);
        Assert.Equal(winner.User, await logins.FindUserIdAsync("anna", Token));
    }

    [Fact]
    public async Task Claim_AnswerLost_IsTheClaimers()
    {
        await using var proxy = await TableProxy.StartAsync(fixture.Azurite);
        var logins = (await fixture.StoresAsync(proxy)).GetRequiredService<LoginStore>();
        proxy.FailNext(FailureMode.LoseAnswer);
        Assert.True(await logins.TryClaimAsync("anna", "u1", Token));
    }

    [Fact]
    public async Task Write_EachKind_HasItsOutcomeAlsoWhenRepeated()
    {
        var logins = await LoginsAsync();
        var names = Enumerable.Range(0, 20_000).Select(i => $"login{i}").Where(login => Buckets.OfLogin(login) == 3).Take(9).ToArray();
        foreach (var name in names.Take(6))
        {
            await logins.TryClaimAsync(name, "old", Token);
        }

        LoginWrite[] writes =
        [
            new(names[0], "new"),
            new(names[1], "new", ReplacesUserId: "old"),
            new(names[2], "new", ReplacesUserId: "other"),
            new(names[3], "old", Release: true),
            new(names[4], "new", Release: true),
            new(names[5], "old"),
            new(names[6], "new"),
            new(names[7], "new", ReplacesUserId: "old"),
            new(names[8], "new", Release: true),
        ];
        WriteOutcome[] expected =
        [
            WriteOutcome.AlreadyExists, WriteOutcome.Done, WriteOutcome.Changed, WriteOutcome.Done, WriteOutcome.Changed,
            WriteOutcome.Done, WriteOutcome.Done, WriteOutcome.Missing, WriteOutcome.Missing,
        ];
        Assert.Equal(expected, await logins.WriteAsync(3, writes, Token));
        expected[3] = WriteOutcome.Missing;
        Assert.Equal(expected, await logins.WriteAsync(3, writes, Token));
        Assert.Equal("new", await logins.FindUserIdAsync(names[1], Token));
        Assert.Equal("old", await logins.FindUserIdAsync(names[2], Token));
        await Assert.ThrowsAsync<ArgumentException>(() => logins.WriteAsync(4, writes, Token));
    }

    private async Task<LoginStore> LoginsAsync() => (await fixture.StoresAsync()).GetRequiredService<LoginStore>();
}
