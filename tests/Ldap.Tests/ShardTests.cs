using LdapSync.Core.Reading;
using LdapSync.Ldap.Sharding;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Reads that are split.</summary>
public sealed class ShardTests(SlapdFixture slapd)
{
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
}
