using LdapSync.Core.Records;
using Xunit;

namespace LdapSync.Core.Tests;

public sealed class BucketTests
{
    [Theory]
    [InlineData("b6a1c1f0-0000-4000-8000-000000000001")]
    [InlineData("S-1-5-21-1-2-3-500")]
    public void UserIdFor_AnyLdapId_BeginsWithItsBucket(string ldapId) =>
        Assert.Equal(Buckets.OfLdapId("acme", ldapId), Buckets.OfUserId(Buckets.UserIdFor("acme", ldapId)));

    [Fact]
    public void OfLogin_OtherCase_IsTheSame() => Assert.Equal(Buckets.OfLogin("Anna.Müller"), Buckets.OfLogin("ANNA.MÜLLER"));
}
