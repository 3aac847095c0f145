using LdapSync.Core.Records;
using LdapSync.Core.SignIns;
using Xunit;

namespace LdapSync.Core.Tests.SignIns;

public sealed class SignInRulesTests
{
    private static readonly UserRecord Anna = new("0a") { Login = "anna", FullName = "Anna", CanSignIn = true, DirectoryId = "corp", LdapId = "1" };

    [Theory]
    [Trait("Rule", "I1")]
    [Trait("Rule", "I2")]
    [InlineData(true, true, "corp", "1", null)]
    [InlineData(false, true, "corp", "1", SignInOutcome.NotAllowed)]
    [InlineData(true, false, "corp", "1", SignInOutcome.NotAllowed)]
    [InlineData(true, true, "other", "1", SignInOutcome.NotAllowed)]
    [InlineData(true, true, null, null, SignInOutcome.NotAllowed)]
    [InlineData(true, true, "corp", null, SignInOutcome.NotAllowed)]
    public void Refusal_OfARecord_IsNullOnlyForLinkedActiveUsersWhoMay(bool active, bool canSignIn, string? directoryId, string? ldapId, SignInOutcome? expected) =>
        Assert.Equal(expected, SignInRules.Refusal(Anna with { Active = active, CanSignIn = canSignIn, DirectoryId = directoryId, LdapId = ldapId }, "corp"));

    [Fact]
    [Trait("Rule", "I2")]
    public void Refusal_OfNobody_IsUnknownLogin() => Assert.Equal(SignInOutcome.UnknownLogin, SignInRules.Refusal(null, "corp"));

    [Theory]
    [InlineData("a", "…")]
    [InlineData("abc", "…")]
    [InlineData("Secret-42", "Sec…")]
    [InlineData("ab😀cd", "ab…")]
    public void Masked_LoginOfNobody_IsItsBeginning(string login, string expected) => Assert.Equal(expected, SignInRules.Masked(login));
}
