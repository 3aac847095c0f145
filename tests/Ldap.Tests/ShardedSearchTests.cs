using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Sharding;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>A search in shards finds what the whole search finds, whatever the shards miss.</summary>
public sealed class ShardedSearchTests(SlapdFixture slapd)
{
    private static readonly SearchRequest Everything = new(Slapd.Suffix, SearchScope.Subtree, "(objectClass=*)", ["uid", "sn"]);

    [Theory]
    [InlineData("uid", new[] { "u000000", "u00001", "r", "*" })] // groups and units have none
    [InlineData("cn", new[] { "anna", "b", "zoe" })]
    [InlineData("noSuchAttribute", new[] { "a", "b" })] // neither true nor false of anybody: no shard has anything
    public async Task Search_InShards_FindsWhatTheWholeSearchFindsOnce(string attribute, string[] starts)
    {
        await using var session = await ConnectAsync(slapd.Plain)(Reading.Stop);
        var (all, whole) = await session.ReadAllAsync(Everything);
        var opened = 0;

        var search = new ShardedSearch(
            stop =>
            {
                Interlocked.Increment(ref opened);
                return ConnectAsync(slapd.Plain)(stop);
            },
            Everything,
            Shards.ByPrefix(Everything, attribute, starts),
            readers: 2);
        var found = new List<(string Name, int Attributes)>();
        await foreach (var entry in search.WithCancellation(Reading.Stop))
        {
            found.Add((entry.DistinguishedName, entry.Attributes.Count));
        }

        Assert.Equal(all.Select(entry => (entry.DistinguishedName, entry.Attributes.Count)).Order(), found.Order());
        Assert.True(search.Proof.IsComplete, $"{search.Proof}");
        Assert.Equal(whole.Entries, search.Proof.Entries);
        Assert.Equal(3, opened);
    }

    [Fact]
    public async Task Search_InShardsByAnAttributeThatIsHiddenOfSome_FindsThemToo()
    {
        await using var own = await Slapd.StartAsync(new SlapdOptions
        {
            WriteLdif = writer => SampleDirectory.Write(writer, people: 20, groups: 1),
            Access = $"access to dn.exact=\"{SampleDirectory.PersonName(3)}\" attrs=uid by * none",
        });
        var settings = slapd.Plain with { ServerName = $"127.0.0.1:{own.Port}" };
        var people = new SearchRequest($"ou=people,{Slapd.Suffix}", SearchScope.OneLevel, "(objectClass=inetOrgPerson)", ["sn"]);
        var shards = Shards.ByPrefix(people, "uid", ["u0", "u1"]);
        await using var session = await ConnectAsync(settings)(Reading.Stop);
        var byShards = 0;
        foreach (var shard in shards)
        {
            byShards += (await session.ReadAllAsync(shard)).Entries.Count;
        }

        var search = new ShardedSearch(ConnectAsync(settings), people, shards, readers: 4);
        var names = new List<string>();
        await foreach (var entry in search.WithCancellation(Reading.Stop))
        {
            names.Add(entry.DistinguishedName);
        }

        Assert.Equal(19, byShards);
        Assert.Equal(20, names.Count);
        Assert.Contains(SampleDirectory.PersonName(3), names);
    }

    /// <summary>The last look finds a name that no shard had, and before it is read the entry has another one.</summary>
    [Fact]
    public async Task Search_InShards_WhoIsMissedAndRenamedMeanwhile_IsNotProvenComplete()
    {
        await using var own = await Slapd.StartAsync(new SlapdOptions { WriteLdif = writer => SampleDirectory.Write(writer, people: 5, groups: 1) });
        var settings = slapd.Plain with { ServerName = $"127.0.0.1:{own.Port}" };
        var people = new SearchRequest($"ou=people,{Slapd.Suffix}", SearchScope.OneLevel, "(objectClass=inetOrgPerson)", ["sn"]);
        var renaming = $"dn: {SampleDirectory.PersonName(3)}\nchangetype: modrdn\nnewrdn: cn=renamed\ndeleteoldrdn: 0\n\n";
        var search = new ShardedSearch(
            async stop => new BeforeSearches(
                await ConnectAsync(settings)(stop),
                request => request.SearchBase == SampleDirectory.PersonName(3) ? own.ModifyAsync(renaming) : Task.CompletedTask),
            people,
            Shards.ByPrefix(people, "noSuchAttribute", ["a"]),
            readers: 1);

        var names = new List<string>();
        await foreach (var entry in search.WithCancellation(Reading.Stop))
        {
            names.Add(entry.DistinguishedName);
        }

        Assert.Equal(4, names.Count);
        Assert.False(search.Proof.IsComplete, $"{search.Proof}");
    }

    [Fact]
    public async Task Search_InShards_OfWhichOneEndsAtALimit_IsNotProvenComplete()
    {
        var limited = slapd.Plain with { AdministratorLogin = Slapd.LimitedName };
        var people = new SearchRequest($"ou=people,{Slapd.Suffix}", SearchScope.OneLevel, "(objectClass=inetOrgPerson)", ["sn"], PageSize: 0);
        var search = new ShardedSearch(
            stop => new LdapDirectoryClient().ConnectAsync(limited, Slapd.LimitedPassword, stop), people, Shards.ByPrefix(people, "uid", ["u0000"]), readers: 2);

        await foreach (var entry in search.WithCancellation(Reading.Stop))
        {
            Assert.NotEmpty(entry.DistinguishedName);
        }

        Assert.Equal((false, 4), (search.Proof.IsComplete, search.Proof.ResultCode));
    }

    [Fact]
    public async Task Search_InShards_WithAConnectionThatFails_Fails()
    {
        var opened = 0;
        var search = new ShardedSearch(
            stop => ConnectAsync(Interlocked.Increment(ref opened) == 1 ? slapd.Plain : slapd.Plain with { AdministratorLogin = "uid=nobody" })(stop),
            Everything,
            Shards.ByPrefix(Everything, "uid", ["u0000", "u0001"]),
            readers: 2);

        var failure = await Assert.ThrowsAsync<DirectoryException>(async () =>
        {
            await foreach (var entry in search.WithCancellation(Reading.Stop))
            {
                Assert.NotNull(entry);
            }
        });

        Assert.Equal(DirectoryFailure.InvalidCredentials, failure.Failure);
        Assert.Throws<InvalidOperationException>(() => search.Proof);
    }

    [Fact]
    public async Task Search_InShards_LeftEarly_ClosesItsConnections()
    {
        var client = new LdapDirectoryClient();
        var settings = slapd.Plain with { MaxConnections = 2 };
        var search = new ShardedSearch(
            stop => client.ConnectAsync(settings, Slapd.ReaderPassword, stop), Everything, Shards.ByPrefix(Everything, "uid", ["u0000", "u0001"]), readers: 2);
        await foreach (var entry in search.WithCancellation(Reading.Stop))
        {
            break;
        }

        // Both places of the cap are free again.
        await using var one = await client.ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop);
        await using var other = await client.ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop);
        Assert.NotNull(other);
    }

    private static Func<CancellationToken, Task<IDirectorySession>> ConnectAsync(ConnectionSettings settings) =>
        stop => new LdapDirectoryClient().ConnectAsync(settings, Slapd.ReaderPassword, stop);

    /// <summary>A session on which something happens in the directory right before a search begins.</summary>
    private sealed class BeforeSearches(IDirectorySession session, Func<SearchRequest, Task> before) : IDirectorySession
    {
        public ServerProfile Server => session.Server;

        public IDirectorySearch Search(SearchRequest request) => new Waiting(session.Search(request), () => before(request));

        public ValueTask DisposeAsync() => session.DisposeAsync();

        private sealed class Waiting(IDirectorySearch search, Func<Task> before) : IDirectorySearch
        {
            public CompletenessProof Proof => search.Proof;

            public async IAsyncEnumerator<DirectoryEntry> GetAsyncEnumerator(CancellationToken cancellationToken = default)
            {
                await before();
                await foreach (var entry in search.WithCancellation(cancellationToken))
                {
                    yield return entry;
                }
            }
        }
    }
}
