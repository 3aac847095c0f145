using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Tests.Conformance;
using LdapSync.Ldap.Tests.Scripted;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests.Novell;

/// <summary>The second client. Compiled where its library is (<c>-p:NovellClient=true</c>): docs/ldap-clients.md.</summary>
public sealed class NovellClientTests(SlapdFixture slapd, SambaFixture samba) : ClientConformance("novell", slapd, samba)
{
    private readonly SlapdFixture slapd = slapd;

    [Theory]
    [InlineData("member;range=0-1", false)]
    [InlineData("member;range=0-*", true)]
    public async Task Search_RangedAttribute_IsCompleteOnlyAtItsEnd(string attribute, bool complete)
    {
        await using var server = Answering(request => [Answers.Entry(request.Id, "CN=all", ("member", []), (attribute, ["m0", "m1"])), Answers.SearchDone(request.Id)]);
        await using var session = await Client.ConnectAsync(server.Settings, null, Reading.Stop);

        var (entries, proof) = await session.ReadAllAsync(new SearchRequest("OU=Groups,DC=example,DC=test", SearchScope.Subtree, "(objectClass=group)", ["member"]));

        var member = Assert.Single(Assert.Single(entries).Attributes);
        Assert.Equal(("member", 2), (member.Name, member.Values.Count));
        Assert.Equal(complete, proof.IsComplete);
    }

    [Theory]
    [InlineData(AuthenticationType.Kerberos)]
    [InlineData(AuthenticationType.Ntlm)]
    [InlineData(AuthenticationType.Negotiate)]
    [InlineData(AuthenticationType.Digest)]
    [InlineData(AuthenticationType.External)]
    public async Task Connect_WayToSignInThatItLacks_SaysWhatToDo(AuthenticationType type)
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(
            () => Client.ConnectAsync(slapd.Ldaps with { AuthenticationType = type }, Slapd.ReaderPassword, Reading.Stop));

        Assert.Equal(DirectoryFailure.StrongerAuthenticationRequired, failure.Failure);
        Assert.Contains("set Ldap__Client to own", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_AskedForChanges_OffersNone()
    {
        await using var session = await Client.ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);

        Assert.False(session is IChangeSource);
    }
}
