using CsCheck;
using LdapSync.Core.Planning;
using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Planning;

/// <summary>Renames are written <c>user:old&gt;new</c>, holders <c>login=user</c>; of users, the first letter of the old login is the name.</summary>
public sealed class LoginResolverTests
{
    [Theory]
    [InlineData("a:a>x", "a=a", "")]
    [InlineData("a:a>b", "a=a b=b", "a")]
    [InlineData("a:a>B", "a=a b=b", "a")]
    [InlineData("a:a>b b:b>c", "a=a b=b", "")]
    [InlineData("a:a>b b:b>c c:c>d", "a=a b=b c=c", "")]
    [InlineData("a:a>b b:b>c", "a=a b=b c=c", "a b")]
    [InlineData("c:c>d b:b>c a:a>b", "a=a b=b c=c d=d", "a b c")]
    [InlineData("a:a>b b:b>a", "a=a b=b", "")]
    [InlineData("a:a>b b:b>c c:c>a", "a=a b=b c=c", "")]
    [InlineData("a:a>b b:b>c c:c>a d:d>a", "a=a b=b c=c d=d", "a b c d")]
    [InlineData("a:a>x b:b>X", "a=a b=b", "a b")]
    [InlineData("a:a>x b:b>x c:c>a", "a=a b=b c=c", "a b c")]
    [InlineData("a:a>x b:b>x x:x>y", "a=a b=b x=x", "a b")]
    [InlineData("a:a>x", "a=a x=a", "")]
    [InlineData("a:a>x b:b>x", "a=a b=b x=a", "b")]
    [InlineData("b:b>x a:a>x c:c>b", "a=a b=b c=c x=a", "b c")]
    [Trait("Rule", "U5")]
    public void RefusedRenames_ChainsRingsAndSharedLogins_AreSettledTogether(string renames, string holders, string refused) =>
        Assert.Equal(refused, string.Join(' ', LoginResolver.RefusedRenames(Renames(renames), Holders(holders)).Keys.Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("a:a>n", "a=a n=new", "n=new", "")]
    [InlineData("a:a>n", "a=a n=new", "n=other", "a")]
    [InlineData("a:a>n b:b>n", "a=a b=b n=new", "n=new", "a b")]
    [InlineData("a:a>b b:b>n", "a=a b=b n=new", "n=new", "")]
    [Trait("Rule", "U5")]
    public void RefusedRenames_LoginOfSomebodyWhoGoes_IsFree(string renames, string holders, string removed, string refused) =>
        Assert.Equal(refused, string.Join(' ', LoginResolver.RefusedRenames(Renames(renames), Holders(holders), Holders(removed)).Keys.Order(StringComparer.Ordinal)));

    [Fact]
    [Trait("Rule", "U5")]
    public void RefusedImports_LoginOfSomebodyWhoGoes_IsFree() =>
        Assert.Empty(LoginResolver.RefusedImports([new LoginClaim("x", "a", "uid=x", null)], Holders("x=o"), new SettledRenames([], Holders("x=o"))));

    [Theory]
    [InlineData("a:x", "", "", "")]
    [InlineData("a:x b:y", "", "", "")]
    [InlineData("a:x b:X", "", "", "a b")]
    [InlineData("a:x", "x=o", "", "a")]
    [InlineData("a:X", "x=o", "", "a")]
    [InlineData("a:x", "o=o", "o:o>x", "a")]
    [InlineData("a:x b:x", "o=o", "o:o>X", "a b")]
    [InlineData("a:o", "o=o", "o:O>x", "")]
    [InlineData("a:o b:O", "o=o", "o:o>x", "a b")]
    [InlineData("a:o", "o=p", "o:o>x", "a")]
    [InlineData("a:o", "o=o p=p", "o:o>x p:p>o", "a")]
    [InlineData("a:x", "x=a", "", "")]
    [InlineData("a:x b:x", "x=a", "", "b")]
    [InlineData("a:x b:y", "x=o", "", "a")]
    [Trait("Rule", "U5")]
    public void RefusedImports_TakenOrSharedLogin_GoesToNobodyNew(string claims, string holders, string renames, string refused)
    {
        var imports = Words(claims).Select(claim => claim.Split(':')).Select(claim => new LoginClaim(claim[1], claim[0], $"uid={claim[1]}", null));

        var outcome = LoginResolver.RefusedImports(imports, Holders(holders), new SettledRenames(Renames(renames))).ToList();

        Assert.Equal(refused, string.Join(' ', outcome.Select(claim => claim.UserId).Order(StringComparer.Ordinal)));
        Assert.All(outcome, claim => Assert.Equal(("collision", "U5"), (claim.Note.Kind, claim.Note.Rule)));
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void Notes_TakenAndShared_NameTheEntryAndSayWhatToDo()
    {
        var taken = LoginResolver.RefusedRenames(Renames("a:a>b"), Holders("a=a b=b"))["a"].Note;
        var shared = LoginResolver.RefusedRenames(Renames("a:a>x b:b>x"), Holders("a=a b=b"))["a"].Note;

        Assert.Equal(("b", "x"), (taken.Subject, shared.Subject));
        Assert.Contains("uid=b belongs to another user", taken.Message, StringComparison.Ordinal);
        Assert.Contains("More than one directory user", shared.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "U5")]
    public void RefusedRenames_AnyClaims_LeaveEachLoginToOneUserInAnyOrder()
    {
        const string users = "abcde";
        Gen.Select(Gen.Char["ABCDExyz"].Array[users.Length], Gen.Char["-abcde"].Array[3], Gen.Shuffle(new[] { 0, 1, 2, 3, 4 })).Sample((wanted, odd, order) =>
        {
            var claims = users.Zip(wanted).Where(pair => char.ToLowerInvariant(pair.Second) != pair.First)
                .Select(pair => new LoginClaim($"{pair.Second}", $"{pair.First}", "", $"{pair.First}")).ToList();
            var holders = users.ToDictionary(user => $"{user}", user => $"{user}");
            foreach (var (login, user) in "xyz".Zip(odd).Where(pair => pair.Second != '-'))
            {
                holders[$"{login}"] = $"{user}";
            }

            var refused = LoginResolver.RefusedRenames(claims, holders);

            var logins = users.Select(user => claims.Find(claim => claim.UserId == $"{user}" && !refused.ContainsKey(claim.UserId))?.Login ?? $"{user}").ToList();
            Assert.Equal(users.Length, logins.Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.All(claims.Where(claim => !refused.ContainsKey(claim.UserId)), claim =>
            {
                var holder = holders.GetValueOrDefault(Buckets.NormalizeLogin(claim.Login));
                Assert.True(holder is null || holder == claim.UserId || claims.Exists(other => other.UserId == holder && !refused.ContainsKey(holder)));
            });
            var shuffled = order.Where(index => index < claims.Count).Select(index => claims[index]).ToList();
            Assert.Equal(refused.Keys.Order(StringComparer.Ordinal), LoginResolver.RefusedRenames(shuffled, holders).Keys.Order(StringComparer.Ordinal));
        });
    }

    private static List<LoginClaim> Renames(string text) => [.. Words(text).Select(word => word.Split(':', '>'))
        .Select(parts => new LoginClaim(parts[2], parts[0], $"uid={parts[2]}", parts[1]))];

    private static Dictionary<string, string> Holders(string text) => Words(text).Select(word => word.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
