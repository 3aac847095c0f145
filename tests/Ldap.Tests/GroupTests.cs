using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.Ldap.Groups;
using LdapSync.Ldap.Sharding;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Groups of both servers, and reads that are split.</summary>
public sealed class GroupTests(SambaFixture samba, SlapdFixture slapd)
{
    [Theory]
    [InlineData("everyone", true, SambaDirectory.People)]
    [InlineData("staff", false, 50)]
    [InlineData("outer", false, 1)]
    [InlineData("outer", true, 11)]
    [InlineData("inner", true, 11)]
    public async Task GroupGraph_OfDomain_ClosesNestingInSpiteOfCycles(string group, bool nested, int users)
    {
        var graph = await ReadDomainAsync();

        Assert.Equal(users, graph.UsersOf(SambaDirectory.GroupName(group), nested, primary: false).Count);
    }

    [Fact]
    public async Task GroupGraph_OfDomain_KnowsPrimaryGroups()
    {
        await using var own = await Samba.StartAsync();
        var sid = (await own.SearchAsync("-b", SambaDirectory.GroupName("primary"), "objectSid")).Split("objectSid:: ")[1].Trim();
        var rid = BitConverter.ToUInt32(Convert.FromBase64String(sid).AsSpan()[^4..]);
        await own.ModifyAsync($"dn: {SambaDirectory.PersonName(30)}\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: {rid}\n");
        await using var session = await ConnectAsync(own);

        var graph = await ReadDomainAsync(session);

        Assert.Empty(graph.UsersOf(SambaDirectory.GroupName("primary"), nested: true, primary: false));
        Assert.Equal([SambaDirectory.PersonName(30)], graph.UsersOf(SambaDirectory.GroupName("primary"), nested: true, primary: true));
    }

    [Fact]
    public async Task GroupGraph_OfSlapd_AgreesWithTheMemberOfOfUsers()
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);
        var (groups, _) = await session.ReadAllAsync(new SearchRequest($"ou=groups,{Slapd.Suffix}", SearchScope.Subtree, "(objectClass=groupOfNames)", ["member"]));
        var (people, _) = await session.ReadAllAsync(new SearchRequest($"ou=people,{Slapd.Suffix}", SearchScope.Subtree, "(objectClass=inetOrgPerson)", ["uid", "memberOf"]));
        var graph = new GroupGraph();
        groups.ForEach(graph.AddGroup);
        people.ForEach(graph.AddUser);

        foreach (var group in groups)
        {
            var expected = people.Where(person => person.Find("memberOf")!.Values.Select((_, index) => person.Find("memberOf")!.Text(index))
                .Contains(group.DistinguishedName)).Select(person => person.DistinguishedName);
            Assert.Equal(expected.Order(), graph.UsersOf(group.DistinguishedName, nested: false, primary: false).Order());
        }
    }

    [Fact]
    public async Task Shards_ByContainerAndByPrefix_FindEveryEntryOnce()
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);
        var whole = new SearchRequest(Slapd.Suffix, SearchScope.Subtree, "(objectClass=*)", ["1.1"]);
        var (all, _) = await session.ReadAllAsync(whole);
        var (byContainer, look) = await Shards.ByContainerAsync(session, whole, Reading.Stop);
        var byPrefix = Shards.ByPrefix(whole, "uid", ["u00000", "u00001", "r", "*"]);

        Assert.True(look.IsComplete);
        Assert.True(byContainer.Count > 3);
        foreach (var shards in new[] { byContainer, byPrefix })
        {
            var reads = await Task.WhenAll(shards.Select(async shard =>
            {
                await using var own = await new LdapDirectoryClient().ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);
                return await own.ReadAllAsync(shard);
            }));
            Assert.Equal(
                all.Select(entry => entry.DistinguishedName).Order(StringComparer.Ordinal),
                reads.SelectMany(read => read.Entries).Select(entry => entry.DistinguishedName).Order(StringComparer.Ordinal));
            Assert.True(reads.Select(read => read.Proof).Aggregate((one, other) => one.And(other)).IsComplete);
        }
    }

    private async Task<GroupGraph> ReadDomainAsync()
    {
        await using var session = await ConnectAsync(samba.Strict);
        return await ReadDomainAsync(session);
    }

    private static async Task<GroupGraph> ReadDomainAsync(IDirectorySession session)
    {
        var graph = new GroupGraph();
        var (groups, _) = await session.ReadAllAsync(
            new SearchRequest(SambaDirectory.GroupsUnit, SearchScope.Subtree, "(objectClass=group)", GroupGraph.GroupAttributes));
        var (people, _) = await session.ReadAllAsync(
            new SearchRequest(SambaDirectory.PeopleUnit, SearchScope.Subtree, "(objectClass=user)", GroupGraph.UserAttributes));
        groups.ForEach(graph.AddGroup);
        people.ForEach(graph.AddUser);
        return graph;
    }

    private static Task<IDirectorySession> ConnectAsync(Samba server) => new LdapDirectoryClient().ConnectAsync(
        SambaFixture.Settings(server, ConnectionSecurity.Ldaps), Samba.ReaderPassword, Reading.Stop);
}
