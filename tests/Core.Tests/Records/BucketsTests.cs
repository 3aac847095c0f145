using CsCheck;
using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests.Records;

public sealed class BucketsTests
{
    [Fact]
    [Trait("Rule", "U1")]
    public void UserIdFor_AnyIds_IsAStableKeyInTheBucketOfTheLdapId() => Gen.Select(Gen.String, Gen.String[0, 600]).Sample((directory, ldapId) =>
    {
        var id = Buckets.UserIdFor(directory, ldapId);

        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(id, Buckets.UserIdFor(directory, ldapId));
        Assert.Equal(Buckets.OfLdapId(directory, ldapId), Buckets.OfUserId(id));
        Assert.StartsWith(Buckets.Key(Buckets.OfUserId(id)), id, StringComparison.Ordinal);
        Assert.InRange(Buckets.OfLogin(ldapId), 0, Buckets.Count - 1);
    });

    [Fact]
    [Trait("Rule", "U1")]
    public void UserIdFor_OtherDirectoryOrLdapId_IsAnother() => Assert.Equal(
        4, new[] { Buckets.UserIdFor("a", "bc"), Buckets.UserIdFor("ab", "c"), Buckets.UserIdFor("a", "BC"), Buckets.UserIdFor("b", "bc") }.Distinct().Count());

    // SHA-256 of "corp", a zero byte and "anna": stored ids must not change from version to version.
    [Fact]
    public void UserIdFor_KnownUser_IsTheStartOfItsHash() => Assert.Equal("918f68fd5fb4d247021362333c1e7c81", Buckets.UserIdFor("corp", "anna"));

    [Fact]
    public void Key_EachBucket_IsTwoDigitsAndComesBack() => Assert.All(
        Enumerable.Range(0, Buckets.Count),
        bucket =>
        {
            Assert.Matches("^[0-9a-f]{2}$", Buckets.Key(bucket));
            Assert.Equal(bucket, Buckets.OfUserId(Buckets.Key(bucket) + new string('0', 30)));
        });

    [Fact]
    public void OfLdapId_ManyUsers_FillsEveryBucket() =>
        Assert.Equal(Buckets.Count, Enumerable.Range(0, 10_000).Select(user => Buckets.OfLdapId("corp", $"{user}")).Distinct().Count());

    [Theory]
    [InlineData("Anna", "anna")]
    [InlineData("ÄÖÜ.Müller", "äöü.müller")]
    [InlineData("CORP\\Anna", "corp\\anna")]
    [InlineData("ЮРИЙ", "юрий")]
    [InlineData("", "")]
    [Trait("Rule", "U5")]
    public void NormalizeLogin_OtherCase_IsTheSame(string login, string normalized)
    {
        Assert.Equal(normalized, Buckets.NormalizeLogin(login));
        Assert.Equal(Buckets.OfLogin(login), Buckets.OfLogin(normalized));
    }

    [Theory]
    [InlineData("anna", "anná")]
    [InlineData("anna", "anna ")]
    [InlineData("müller", "mu\u0308ller")]
    [InlineData("strasse", "straße")]
    [Trait("Rule", "U5")]
    public void NormalizeLogin_OtherLetters_IsAnother(string one, string other) =>
        Assert.NotEqual(Buckets.NormalizeLogin(one), Buckets.NormalizeLogin(other));

    [Fact]
    [Trait("Rule", "U5")]
    public void NormalizeLogin_Twice_IsOnce() => Gen.String.Sample(login =>
        Assert.Equal(Buckets.NormalizeLogin(login), Buckets.NormalizeLogin(Buckets.NormalizeLogin(login))));

    [Fact]
    [Trait("Rule", "U5")]
    public void NormalizeLogin_LatinText_IsEqualWhereTextEqualsWithoutCase() =>
        Gen.Select(Gen.String[Gen.Char["abAB.äÄ1"], 0, 3], Gen.String[Gen.Char["abAB.äÄ1"], 0, 3]).Sample((one, other) =>
            Assert.Equal(one.Equals(other, StringComparison.OrdinalIgnoreCase), Buckets.NormalizeLogin(one) == Buckets.NormalizeLogin(other)));
}
