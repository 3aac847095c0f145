using LdapSync.Core.Reading;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Tests.Scripted;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Cookies that a server does not know, and sets of ids, which the test servers do not produce at will.</summary>
public sealed class RefusedCookieTests
{
    private const string DirSync = "1.2.840.113556.1.4.841";
    private const string SyncDone = "1.3.6.1.4.1.4203.1.9.1.3";
    private static readonly byte[] Id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff").ToByteArray(bigEndian: true);

    [Fact]
    public async Task DirSync_WithCookieOfAnotherDomainController_ReadsEverythingAgain()
    {
        await using var server = Serving(async (request, peer) =>
        {
            if (Contains(request, "old"))
            {
                await peer.SendAsync(Answers.SearchDone(request.Id, 53, "cookie of another server"));
                return;
            }

            var isSecond = Contains(request, "page2");
            await peer.SendAsync(
                Answers.Entry(request.Id, isSecond ? "CN=b,DC=example,DC=test" : "CN=a,DC=example,DC=test", ("cn", ["x"])),
                Answers.SearchDone(request.Id, 0, "", (DirSync, Cookie(more: !isSecond, isSecond ? "new" : "page2"))));
        });

        var (changes, result) = await ReadAsync(server, ChangeMethod.DirSync, Text("DirSync", "old"));

        Assert.True(result.IsFull);
        Assert.EndsWith($"/{Base64("new")}", result.Cookie, StringComparison.Ordinal);
        Assert.Equal(["CN=a,DC=example,DC=test", "CN=b,DC=example,DC=test"], changes.Select(change => change.Entry!.DistinguishedName));
        Assert.Equal(DeletionKnowledge.Unknown, result.Deletions);
    }

    [Fact]
    public async Task DirSync_WithoutTheRightToReplicate_AsksForWhatMayBeReadAndKnowsNoDeletions()
    {
        var asked = new List<bool>();
        await using var server = Serving(async (request, peer) =>
        {
            // The flags are 0x80000000 with incremental values alone, and 0x80000001 with object security.
            asked.Add(request.Buffer.AsSpan(request.End).IndexOf(new byte[] { 0x80, 0, 0, 1 }) >= 0);
            await peer.SendAsync(asked.Count == 1
                ? Answers.SearchDone(request.Id, 50)
                : Answers.SearchDone(request.Id, 0, "", (DirSync, Cookie(more: false, "new"))));
        });

        var (_, result) = await ReadAsync(server, ChangeMethod.DirSync, Text("DirSync", "known"));

        Assert.Equal([false, true], asked);
        Assert.False(result.IsFull);
        Assert.EndsWith($"/{Base64("new")}", result.Cookie, StringComparison.Ordinal);
        Assert.Equal(DeletionKnowledge.Unknown, result.Deletions);
    }

    [Theory]
    [InlineData(ChangeMethod.DirSync)]
    [InlineData(ChangeMethod.SyncRepl)]
    public async Task Changes_OnlyAndTheCookieRefused_EndWithoutReadingEverything(ChangeMethod method)
    {
        var searches = 0;
        await using var server = Serving((request, peer) =>
        {
            searches++;
            return peer.SendAsync(Answers.SearchDone(request.Id, method == ChangeMethod.DirSync ? 53 : 4096));
        });

        var (changes, result) = await ReadAsync(server, method, Text($"{method}", "old"), onlyChanges: true);

        Assert.Equal(1, searches);
        Assert.Empty(changes);
        Assert.True(result.IsFull);
        Assert.Null(result.Cookie);
    }

    [Fact]
    public async Task SyncRepl_WhenRefreshIsRequired_ReadsEverythingAgain()
    {
        await using var server = Serving((request, peer) => peer.SendAsync(Contains(request, "old")
            ? Answers.SearchDone(request.Id, 4096)
            : Answers.SearchDone(request.Id, 0, "", (SyncDone, Answers.Sequence(value => value.WriteOctetString("new"u8))))));

        var (_, result) = await ReadAsync(server, ChangeMethod.SyncRepl, Text("SyncRepl", "old"));

        Assert.True(result.IsFull);
        Assert.Equal(Text("SyncRepl", "new"), result.Cookie);
        Assert.Equal(DeletionKnowledge.ByAbsence, result.Deletions);
    }

    [Theory]
    [InlineData(true, ChangeKind.Deleted, DeletionKnowledge.Told)]
    [InlineData(false, ChangeKind.Present, DeletionKnowledge.ByAbsence)]
    public async Task SyncRepl_WithSetOfIds_TellsThem(bool deletes, ChangeKind kind, DeletionKnowledge deletions)
    {
        await using var server = Serving((request, peer) => peer.SendAsync(
            Answers.Intermediate(request.Id, "1.3.6.1.4.1.4203.1.9.1.4", IdSet(deletes)),
            Answers.SearchDone(request.Id, 0, "", (SyncDone, Answers.Sequence(value =>
            {
                value.WriteOctetString("new"u8);
                value.WriteBoolean(deletes);
            })))));

        var (changes, result) = await ReadAsync(server, ChangeMethod.SyncRepl, Text("SyncRepl", "known"));

        Assert.Equal(new DirectoryChange(kind, "00112233-4455-6677-8899-aabbccddeeff", null), Assert.Single(changes));
        Assert.Equal(deletions, result.Deletions);
        Assert.False(result.IsFull);
    }

    [Fact]
    public async Task SyncRepl_ThatEndsAtALimit_HasNoCookieAndKnowsNoDeletions()
    {
        await using var server = Serving((request, peer) => peer.SendAsync(
            Answers.Intermediate(request.Id, "1.3.6.1.4.1.4203.1.9.1.4", IdSet(deletes: false)), Answers.SearchDone(request.Id, 4)));

        var (_, result) = await ReadAsync(server, ChangeMethod.SyncRepl, Text("SyncRepl", "known"));

        Assert.Null(result.Cookie);
        Assert.Equal(DeletionKnowledge.Unknown, result.Deletions);
        Assert.False(result.Proof.IsComplete);
    }

    private static byte[] IdSet(bool deletes)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.BER);
        using (writer.PushSequence(new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 3)))
        {
            if (deletes)
            {
                writer.WriteBoolean(true);
            }

            using (writer.PushSetOf())
            {
                writer.WriteOctetString(Id);
            }
        }

        return writer.Encode();
    }

    private static byte[] Cookie(bool more, string cookie) => Answers.Sequence(value =>
    {
        value.WriteInteger(more ? 1 : 0);
        value.WriteInteger(0);
        value.WriteOctetString(System.Text.Encoding.ASCII.GetBytes(cookie));
    });

    private static string Text(string method, string cookie) => $"{method}:{(method == "DirSync" ? "1780000000/" : "")}{Base64(cookie)}";

    private static string Base64(string cookie) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(cookie));

    private static bool Contains(LdapMessage request, string cookie) =>
        request.Buffer.AsSpan(request.End).IndexOf(System.Text.Encoding.ASCII.GetBytes(cookie)) >= 0;

    private static ScriptedServer Serving(Func<LdapMessage, ScriptedServer.Peer, Task> answer) => new(async (request, peer) =>
    {
        var isSearch = request.Operation == LdapOperation.SearchRequest && ScriptedServer.SearchBase(request).Length > 0;
        if (isSearch)
        {
            await answer(request, peer);
        }

        return isSearch;
    });

    private static async Task<(List<DirectoryChange> Changes, ChangeResult Result)> ReadAsync(
        ScriptedServer server, ChangeMethod method, string cookie, bool onlyChanges = false)
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(server.Settings, null, Reading.Stop);
        var search = ((IChangeSource)session).Changes(new ChangeRequest("DC=example,DC=test", "(objectClass=user)", ["cn"]) { Method = method, OnlyChanges = onlyChanges }, cookie);
        var changes = new List<DirectoryChange>();
        await foreach (var change in search.WithCancellation(Reading.Stop))
        {
            changes.Add(change);
        }

        return (changes, search.Result);
    }
}
