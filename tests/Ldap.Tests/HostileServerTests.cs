using System.Diagnostics;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Protocol;
using LdapSync.Ldap.Tests.Scripted;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Servers that break the protocol, the connection, or nobody's word: each ends in an error that names host and operation.</summary>
[Collection(Alone.Name)]
public sealed class HostileServerTests
{
    private static readonly SearchRequest People = new("OU=People,DC=example,DC=test", SearchScope.Subtree, "(objectClass=user)", []);

    public static TheoryData<string, DirectoryFailure, string> HostileAnswers => new()
    {
        { "forgedLength", DirectoryFailure.ProtocolError, "longer than" },
        { "indefiniteLength", DirectoryFailure.ProtocolError, "indefinite length" },
        { "notLdap", DirectoryFailure.ProtocolError, "begins with 0x30" },
        { "wrongId", DirectoryFailure.ProtocolError, "id 4711" },
        { "zeroId", DirectoryFailure.ProtocolError, "message id 0" },
        { "wrongOperation", DirectoryFailure.ProtocolError, "BindResponse" },
        { "cutEntry", DirectoryFailure.ProtocolError, "search in 'OU=People" },
        { "deepNesting", DirectoryFailure.ProtocolError, "search in 'OU=People" },
        { "cutStream", DirectoryFailure.ConnectionLost, "in the middle of a message" },
        { "closed", DirectoryFailure.ConnectionLost, "closed the connection" },
        { "goodBye", DirectoryFailure.ConnectionLost, "good-bye with result 52 (unavailable). going down" },
        { "busy", DirectoryFailure.Unavailable, "result 51 (busy)" },
        { "noRights", DirectoryFailure.InsufficientAccess, "result 50" },
    };

    [Theory]
    [MemberData(nameof(HostileAnswers))]
    public async Task Search_WithHostileAnswer_EndsInTypedError(string answer, DirectoryFailure failure, string text)
    {
        await using var server = Serving((request, peer) => SendAsync(answer, request.Id, peer));
        await using var session = await ConnectAsync(server);
        var before = GC.GetTotalAllocatedBytes();

        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => session.ReadAllAsync(People));

        Assert.Equal(failure, thrown.Failure);
        Assert.Contains(text, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(server.Settings.ServerName, thrown.Message, StringComparison.Ordinal);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 300_000_000, "A forged length was believed.");
    }

    [Fact]
    public async Task Search_WithPacketsSplitAnywhere_ReadsTheSame()
    {
        await using var server = Serving(async (request, peer) =>
        {
            var octets = Answers.Entry(request.Id, "CN=a", ("cn", ["a"])).Concat(Answers.Entry(request.Id, "CN=b", ("cn", ["b", "c"])))
                .Concat(Answers.Reference(request.Id, "ldap://elsewhere/")).Concat(Answers.SearchDone(request.Id));
            foreach (var octet in octets)
            {
                await peer.SendAsync([octet]);
            }
        });
        await using var session = await ConnectAsync(server);

        var (entries, proof) = await session.ReadAllAsync(People);

        Assert.Equal(["CN=a", "CN=b"], entries.Select(entry => entry.DistinguishedName));
        Assert.Equal(1, proof.Referrals);
        Assert.True(proof.IsComplete);
    }

    [Fact]
    public async Task Search_WithOneEntryOf100000Members_ReadsThemAll()
    {
        var members = Enumerable.Range(0, 100_000).Select(index => $"CN=u{index:D7},OU=People,DC=example,DC=test").ToArray();
        const int SearchId = 3; // after the bind and the root DSE
        var entry = Answers.Entry(SearchId, "CN=all", ("member", members));
        await using var server = Serving((_, peer) => peer.SendAsync(entry, Answers.SearchDone(SearchId)));
        await using var session = await ConnectAsync(server);

        var (entries, _) = await session.ReadAllAsync(People);

        Assert.Equal(members.Order(StringComparer.Ordinal), entries[0].Attributes[0].Values.Select((_, index) => entries[0].Attributes[0].Text(index)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Search_OnSilentServer_TimesOut()
    {
        await using var server = Serving((request, peer) => peer.SendAsync(Answers.Entry(request.Id, "CN=a")));
        await using var session = await new LdapDirectoryClient().ConnectAsync(server.Settings with { TimeoutSeconds = 1 }, null, Reading.Stop);

        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => session.ReadAllAsync(People));

        Assert.Equal(DirectoryFailure.TimedOut, thrown.Failure);
        Assert.True(thrown.CanRetry);
        Assert.Contains("did not answer within 1 s (search in", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bind_OnSilentServer_TimesOut()
    {
        await using var server = new ScriptedServer((_, _) => Task.FromResult(true));

        var thrown = await Assert.ThrowsAsync<DirectoryException>(
            () => new LdapDirectoryClient().ConnectAsync(server.Settings with { TimeoutSeconds = 1 }, null, Reading.Stop));

        Assert.Equal(DirectoryFailure.TimedOut, thrown.Failure);
        Assert.Equal("bind", thrown.Operation);
    }

    [Fact]
    public async Task Search_CancelledWhileTheServerIsSilent_StopsWithin100MillisecondsAndAbandons()
    {
        // One entry, then nothing: the reader waits for more when it is cancelled. The machine may be busy at one moment, but not at each of them.
        await using var server = Serving((request, peer) => peer.SendAsync(Answers.Entry(request.Id, "CN=a")));
        await using var session = await ConnectAsync(server);
        var took = new List<TimeSpan>();
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var stop = new CancellationTokenSource();
            var entries = session.Search(People).GetAsyncEnumerator(stop.Token);
            await using (entries)
            {
                Assert.True(await entries.MoveNextAsync());
                var next = entries.MoveNextAsync().AsTask();
                Assert.False(next.IsCompleted);
                var start = Stopwatch.GetTimestamp();
                await stop.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
                took.Add(Stopwatch.GetElapsedTime(start));
            }
        }

        Assert.InRange(took.Min(), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        await WaitForAsync(() => server.Requests.Count(request => request.Operation == LdapOperation.AbandonRequest) == took.Count);
    }

    [Fact]
    public async Task Search_WithReaderThatStops_MakesTheServerWait()
    {
        var sent = 0L;
        await using var server = Serving(async (request, peer) =>
        {
            var entry = Answers.Entry(request.Id, "CN=a", ("description", [new string('x', 10_000)]));
            while (sent < 500_000_000)
            {
                await peer.SendAsync(entry);
                Interlocked.Add(ref sent, entry.Length);
            }
        });
        await using var session = await ConnectAsync(server);
        var reader = session.Search(People).GetAsyncEnumerator(Reading.Stop);
        Assert.True(await reader.MoveNextAsync());

        long before;
        do
        {
            before = Interlocked.Read(ref sent);
            await Task.Delay(200, Reading.Stop);
        }
        while (Interlocked.Read(ref sent) != before);

        Assert.InRange(before, 1, 40_000_000);
        await reader.DisposeAsync();
    }

    [Fact]
    public async Task StartTls_WithOctetsBeforeTheHandshake_IsRefused()
    {
        await using var server = new ScriptedServer(async (request, peer) =>
        {
            await peer.SendAsync([.. Answers.Extended(request.Id), .. Answers.BindDone(2)]);
            return true;
        });

        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(
            server.Settings with { Security = ConnectionSecurity.StartTls, TimeoutSeconds = 2 }, null, Reading.Stop));

        Assert.Equal(DirectoryFailure.ProtocolError, thrown.Failure);
    }

    [Fact]
    public async Task StartTls_Refused_DoesNotGoOnInClear()
    {
        await using var server = new ScriptedServer(async (request, peer) =>
        {
            await peer.SendAsync(Answers.Extended(request.Id, 52));
            return true;
        });

        var thrown = await Assert.ThrowsAsync<DirectoryException>(() => new LdapDirectoryClient().ConnectAsync(
            server.Settings with { Security = ConnectionSecurity.StartTls }, null, Reading.Stop));

        Assert.Equal("StartTLS", thrown.Operation);
        Assert.All(server.Requests, request => Assert.Equal(LdapOperation.ExtendedRequest, request.Operation));
    }

    private static Task SendAsync(string answer, int id, ScriptedServer.Peer peer)
    {
        var entry = Answers.Entry(id, "CN=a", ("cn", ["a"]));
        switch (answer)
        {
            case "forgedLength":
                return peer.SendAsync([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x02, 0x01]);
            case "indefiniteLength":
                return peer.SendAsync([0x30, 0x80, 0x02, 0x01]);
            case "notLdap":
                return peer.SendAsync("HTTP/1.1 400 Bad Request\r\n"u8.ToArray());
            case "wrongId":
                return peer.SendAsync(Answers.Entry(4711, "CN=a"));
            case "zeroId":
                return peer.SendAsync(Answers.Entry(0, "CN=a"));
            case "wrongOperation":
                return peer.SendAsync(Answers.BindDone(id));
            case "cutEntry":
                entry[^5] = 0x7f;
                return peer.SendAsync(entry);
            case "deepNesting":
                return peer.SendAsync(Deep(id));
            case "cutStream":
                return CloseAfterAsync(peer, entry[..^3]);
            case "closed":
                return CloseAfterAsync(peer, entry);
            case "goodBye":
                return peer.SendAsync(Answers.Disconnection(52));
            case "busy":
                return peer.SendAsync(Answers.SearchDone(id, 51));
            default:
                return peer.SendAsync(Answers.SearchDone(id, 50));
        }
    }

    private static async Task CloseAfterAsync(ScriptedServer.Peer peer, byte[] octets)
    {
        await peer.SendAsync(octets);
        peer.Close();
    }

    /// <summary>A result entry of 10,000 sequences within one another.</summary>
    private static byte[] Deep(int id)
    {
        const int Levels = 10_000;
        var content = new byte[Levels * 6];
        for (var level = 0; level < Levels; level++)
        {
            var inside = content.Length - ((level + 1) * 6);
            new byte[] { 0x30, 0x84, (byte)(inside >> 24), (byte)(inside >> 16), (byte)(inside >> 8), (byte)inside }.CopyTo(content, level * 6);
        }

        return Answers.Sequence(message =>
        {
            message.WriteInteger(id);
            message.WriteEncodedValue([
                0x64, 0x84, (byte)(content.Length >> 24), (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length, .. content]);
        });
    }

    private static ScriptedServer Serving(Func<LdapMessage, ScriptedServer.Peer, Task> answer) => new(async (request, peer) =>
    {
        var isSearch = request.Operation == LdapOperation.SearchRequest && ScriptedServer.SearchBase(request).Length > 0;
        if (isSearch)
        {
            await answer(request, peer);
        }

        return isSearch;
    });

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private static Task<IDirectorySession> ConnectAsync(ScriptedServer server) => new LdapDirectoryClient().ConnectAsync(server.Settings, null, Reading.Stop);
}
