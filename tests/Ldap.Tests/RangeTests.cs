using LdapSync.Core.Reading;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Tests.Scripted;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Values that Active Directory sends range by range, which Samba never does by itself.</summary>
public sealed class RangeTests
{
    private static readonly SearchRequest Groups = new("OU=Groups,DC=example,DC=test", SearchScope.Subtree, "(objectClass=group)", ["member"]);

    [Fact]
    public async Task Search_WithRangedAttribute_FollowsItToTheEnd()
    {
        await using var server = new ScriptedServer(async (request, peer) => await AnswerAsync(request, peer, ["range=0-1", "range=2-3", "range=4-*"]));
        await using var session = await ConnectAsync(server);

        var (entries, proof) = await session.ReadAllAsync(Groups);

        var member = Assert.Single(entries[0].Attributes, attribute => attribute.Name == "member");
        Assert.Equal(["m0", "m1", "m2", "m3", "m4"], member.Values.Select((_, index) => member.Text(index)));
        Assert.Equal(2, entries.Count);
        Assert.True(proof.IsComplete);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("nothing")]
    [InlineData("stuck")]
    public async Task Search_WithRangeThatDoesNotEnd_IsNotProvenComplete(string how)
    {
        await using var server = new ScriptedServer(async (request, peer) =>
        {
            if (request.Operation == LdapOperation.SearchRequest && ScriptedServer.SearchBase(request).StartsWith("CN=", StringComparison.Ordinal))
            {
                await peer.SendAsync(how switch
                {
                    "gone" => [Answers.SearchDone(request.Id, 32)],
                    "nothing" => [Answers.Entry(request.Id, "CN=all"), Answers.SearchDone(request.Id)],
                    _ => [Answers.Entry(request.Id, "CN=all", ("member;range=0-1", ["m0", "m1"])), Answers.SearchDone(request.Id)],
                });
                return true;
            }

            return await AnswerAsync(request, peer, ["range=0-1"]);
        });
        await using var session = await ConnectAsync(server);

        var (entries, proof) = await session.ReadAllAsync(Groups);

        Assert.Equal(2, entries.Count);
        Assert.False(proof.RangesFinished);
        Assert.False(proof.IsComplete);
    }

    /// <summary>Answers a group search with a group that is cut and one that is not, and searches for ranges with the ranges that are given.</summary>
    private static async Task<bool> AnswerAsync(LdapMessage request, ScriptedServer.Peer peer, string[] ranges)
    {
        if (request.Operation != LdapOperation.SearchRequest || ScriptedServer.SearchBase(request).Length == 0)
        {
            return false;
        }

        if (ScriptedServer.SearchBase(request).StartsWith("OU=", StringComparison.Ordinal))
        {
            await peer.SendAsync(
                Answers.Entry(request.Id, "CN=all", ("member", []), ($"member;{ranges[0]}", ["m0", "m1"])),
                Answers.Entry(request.Id, "CN=few", ("member", ["m0"])),
                Answers.SearchDone(request.Id));
            return true;
        }

        var wanted = ScriptedServer.Wanted(request);
        var range = ranges.Single(range => wanted.Contains(range.Split('-')[0] + "-*", StringComparison.Ordinal));
        string[] values = range.EndsWith('*') ? ["m4"] : ["m2", "m3"];
        await peer.SendAsync(Answers.Entry(request.Id, "CN=all", ($"member;{range}", values)), Answers.SearchDone(request.Id));
        return true;
    }

    private static Task<IDirectorySession> ConnectAsync(ScriptedServer server) => new LdapDirectoryClient().ConnectAsync(server.Settings, null, Reading.Stop);
}
