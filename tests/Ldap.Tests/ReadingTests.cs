using LdapSync.Core.Entries;
using LdapSync.Core.Reading;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

public sealed class ReadingTests(SlapdFixture slapd)
{
    private static readonly SearchRequest Everybody = new($"ou=people,{Slapd.Suffix}", SearchScope.OneLevel, "(objectClass=inetOrgPerson)", []);

    public static TheoryData<string> Transports => ["plain", "ldaps", "startTls"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Search_OverEachTransport_ReadsEverybodyAndProvesIt(string transport)
    {
        var settings = transport switch { "plain" => slapd.Plain, "ldaps" => slapd.Ldaps, _ => slapd.StartTls };
        await using var session = await new LdapDirectoryClient().ConnectAsync(settings, Slapd.ReaderPassword, Reading.Stop);

        var (entries, proof) = await session.ReadAllAsync(Everybody);

        Assert.Equal(SlapdFixture.People, entries.Select(entry => entry.DistinguishedName).Distinct().Count());
        Assert.True(proof.IsComplete, $"{proof}");
        Assert.Equal(3, proof.Pages);
        Assert.Equal(DirectoryKind.OpenLdap, session.Server.Kind == DirectoryKind.OpenLdap ? session.Server.Kind : throw new InvalidOperationException($"{session.Server} {string.Join(",", session.Server.NamingContexts)}"));
    }

    [Fact]
    public async Task Search_WithServersSizeLimit_EndsWithoutProofOfCompleteness()
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(
            slapd.Plain with { AdministratorLogin = Slapd.LimitedName }, Slapd.LimitedPassword, Reading.Stop);

        var (entries, proof) = await session.ReadAllAsync(Everybody with { PageSize = 0 });

        Assert.Equal(500, entries.Count);
        Assert.Equal(4, proof.ResultCode);
        Assert.False(proof.IsComplete);
    }

    [Fact]
    public async Task Search_WithMatchedValues_GivesThoseAlone()
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);
        Assert.Contains(SearchRequest.MatchedValuesControl, session.Server.Controls);
        var groups = new SearchRequest(Slapd.Suffix, SearchScope.Subtree, "(objectClass=groupOfNames)", ["cn", "member", "objectClass"]);
        var (all, _) = await session.ReadAllAsync(groups);
        var members = all.First(group => group.Find("member")!.Values.Count > 3).Find("member")!;
        var (one, other) = (members.Text(1), members.Text(2));

        var (some, proof) = await session.ReadAllAsync(groups with
        {
            Filter = $"(|(member={one})(member={other}))",
            MatchedValues = [$"(member={one})", $"(member={other})", "(cn=*)"],
        });

        Assert.True(proof.IsComplete);
        var having = all.Where(group => Values(group).Any(value => value == one || value == other)).ToList();
        Assert.Equal(having.Select(group => group.DistinguishedName).Order(), some.Select(group => group.DistinguishedName).Order());
        Assert.All(some, group => Assert.True(group.Find("cn") is not null && group.Find("objectClass") is not { Values.Count: > 0 }));
        Assert.All(some, group => Assert.Equal(
            Values(all.Single(each => each.DistinguishedName == group.DistinguishedName)).Where(value => value == one || value == other).Order(), Values(group).Order()));

        static IEnumerable<string> Values(DirectoryEntry group) => Enumerable.Range(0, group.Find("member")?.Values.Count ?? 0).Select(index => group.Find("member")!.Text(index));
    }

    [Fact]
    public async Task Search_WithBaseThatDoesNotExist_NamesTheNearestEntry()
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);

        var failure = await Assert.ThrowsAsync<DirectoryException>(
            () => session.ReadAllAsync(Everybody with { SearchBase = $"ou=nobody,{Slapd.Suffix}" }));

        Assert.Equal(DirectoryFailure.NoSuchObject, failure.Failure);
        Assert.Contains($"'{Slapd.Suffix}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_WithOwnSizeLimit_StopsAndLeavesTheConnectionUsable()
    {
        await using var session = await new LdapDirectoryClient().ConnectAsync(slapd.Plain, Slapd.ReaderPassword, Reading.Stop);

        var (few, proof) = await session.ReadAllAsync(Everybody with { SizeLimit = 7 });
        var (all, _) = await session.ReadAllAsync(Everybody);

        Assert.Equal(7, few.Count);
        Assert.False(proof.IsComplete);
        Assert.Equal(SlapdFixture.People, all.Count);
    }
}
