using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests.Conformance;

/// <summary>What every directory client has to do, whatever library is behind it: reading. Signing in is in the other part.</summary>
/// <param name="name">The client, as <c>Ldap__Client</c> names it.</param>
/// <param name="slapd">OpenLDAP.</param>
/// <param name="samba">A domain.</param>
public abstract partial class ClientConformance(string name, SlapdFixture slapd, SambaFixture samba)
{
    private static readonly SearchRequest Everybody = new($"ou=people,{Slapd.Suffix}", SearchScope.OneLevel, "(objectClass=inetOrgPerson)", []);

    /// <summary>The client under test.</summary>
    protected IDirectoryClient Client { get; } = DirectoryClients.Create(name, TimeProvider.System);

    [Theory]
    [InlineData(1000, 3)]
    [InlineData(500, 5)]
    [InlineData(0, 1)]
    public async Task Search_WithPages_ReadsEverybodyAndProvesIt(int pageSize, int pages)
    {
        await using var session = await Client.ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);

        var (entries, proof) = await session.ReadAllAsync(Everybody with { PageSize = pageSize });

        Assert.Equal(SlapdFixture.People, entries.Select(entry => entry.DistinguishedName).Distinct().Count());
        Assert.True(proof.IsComplete, $"{proof}");
        Assert.Equal((pages, (long)SlapdFixture.People), (proof.Pages, proof.Entries));
    }

    [Fact]
    public async Task Search_OfDifferentClients_ReadsTheSameNamesAndValues()
    {
        string[] attributes = ["*", "memberOf", "entryUUID"];
        var read = await Task.WhenAll(new[] { Client, new LdapDirectoryClient() }.Select(async client =>
        {
            await using var session = await client.ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);
            return (await session.ReadAllAsync(new SearchRequest(Slapd.Suffix, SearchScope.Subtree, "(objectClass=*)", attributes))).Entries.Select(Text).Order(StringComparer.Ordinal).ToList();
        }));

        Assert.Equal(read[1], read[0]);
    }

    [Fact]
    public async Task Search_WithServersSizeLimit_EndsWithoutProofOfCompleteness()
    {
        await using var session = await Client.ConnectAsync(slapd.Plain with { AdministratorLogin = Slapd.LimitedName }, Slapd.LimitedPassword, Reading.Stop);

        var (entries, proof) = await session.ReadAllAsync(Everybody with { PageSize = 0 });

        Assert.Equal(500, entries.Count);
        Assert.Equal(4, proof.ResultCode);
        Assert.False(proof.IsComplete);
    }

    [Fact]
    public async Task Search_WithOwnSizeLimit_StopsAndLeavesTheConnectionUsable()
    {
        await using var session = await Client.ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);

        var (few, proof) = await session.ReadAllAsync(Everybody with { SizeLimit = 7 });
        var (all, _) = await session.ReadAllAsync(Everybody);

        Assert.Equal((7, false), (few.Count, proof.IsComplete));
        Assert.Equal(SlapdFixture.People, all.Count);
    }

    [Fact]
    public async Task Search_WithBaseThatDoesNotExist_NamesTheNearestEntry()
    {
        await using var session = await Client.ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => session.ReadAllAsync(Everybody with { SearchBase = $"ou=nobody,{Slapd.Suffix}" }));

        Assert.Equal(DirectoryFailure.NoSuchObject, failure.Failure);
        Assert.Contains($"'{Slapd.Suffix}'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(cn=")]
    [InlineData("cn)")]
    public async Task Search_WithFilterThatIsNone_SaysSo(string filter)
    {
        await using var session = await Client.ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => session.ReadAllAsync(Everybody with { Filter = filter }));

        Assert.Equal(DirectoryFailure.InvalidRequest, failure.Failure);
    }

    [Fact]
    public async Task Search_Cancelled_StopsAndLeavesTheConnectionUsable()
    {
        await using var session = await Client.ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);
        using var stop = new CancellationTokenSource();
        var search = session.Search(Everybody);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var entry in search.WithCancellation(stop.Token))
            {
                await stop.CancelAsync();
            }
        });
        var (entries, proof) = await session.ReadAllAsync(Everybody);

        Assert.Throws<InvalidOperationException>(() => search.Proof);
        Assert.Equal(SlapdFixture.People, entries.Count);
        Assert.True(proof.IsComplete, $"{proof}");
    }

    [Fact]
    public async Task Search_FromTheRootOfADomain_CountsReferralsAndFollowsNone()
    {
        await using var session = await Client.ConnectAsync(SambaFixture.Settings(samba.Strict, ConnectionSecurity.Ldaps), Samba.ReaderPassword, Reading.Stop);

        var (entries, proof) = await session.ReadAllAsync(new SearchRequest(Samba.Suffix, SearchScope.Subtree, "(&(objectClass=user)(department=*))", []));
        var (people, _) = await session.ReadAllAsync(new SearchRequest(SambaDirectory.PeopleUnit, SearchScope.Subtree, "(objectClass=user)", []));

        Assert.NotEqual(0, proof.Referrals);
        Assert.True(proof.IsComplete, $"{proof}");
        Assert.All(entries, entry => Assert.EndsWith(Samba.Suffix, entry.DistinguishedName, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(SambaDirectory.People, people.Count);
        Assert.Equal(DirectoryKind.ActiveDirectory, session.Server.Kind);
    }

    private static string Text(DirectoryEntry entry) => $"{entry.DistinguishedName}\n" + string.Join('\n', entry.Attributes
        .OrderBy(attribute => attribute.Name, StringComparer.OrdinalIgnoreCase)
        .Select(attribute => $"{attribute.Name}: {string.Join(' ', attribute.Values.Select(value => Convert.ToHexString(value.Span)).Order(StringComparer.Ordinal))}"));
}
