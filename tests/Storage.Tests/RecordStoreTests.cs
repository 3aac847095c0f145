using Azure.Data.Tables;
using LdapSync.Core.Auditing;
using LdapSync.Core.Records;
using LdapSync.Core.Settings;
using LdapSync.Storage.Auditing;
using LdapSync.Storage.Batches;
using LdapSync.Storage.Connections;
using LdapSync.Storage.Records;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LdapSync.Storage.Tests;

public sealed class RecordStoreTests(StorageFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Roles_InsertListReplaceDelete_FollowTheRecord()
    {
        var roles = (await fixture.StoresAsync()).GetRequiredService<RoleStore>();
        var role = new RoleRecord("sales")
        {
            Name = "Sales",
            Kind = RoleKind.Functional,
            ParentId = "company",
            DirectoryId = "acme",
            GroupId = "g1",
            GroupDistinguishedName = "cn=Sales,dc=acme",
            GroupMissingSince = Some.Time,
        };
        var stored = await roles.InsertAsync(role, Token);
        Assert.Equal(stored, await roles.GetAsync("sales", Token));
        Assert.Equal(role, stored with { ETag = null });
        await roles.InsertAsync(new RoleRecord("company") { Name = "Company" }, Token);
        Assert.Equal(["company", "sales"], (await roles.ListAsync(Token)).Select(each => each.Id));
        var renamed = await roles.ReplaceAsync(stored with { Name = "Vertrieb", GroupMissingSince = null }, Token);
        await Assert.ThrowsAsync<RecordChangedException>(() => roles.ReplaceAsync(stored, Token));
        await Assert.ThrowsAsync<RecordChangedException>(() => roles.DeleteAsync(stored, Token));
        Assert.Equal(renamed, await roles.GetAsync("sales", Token));
        await roles.DeleteAsync(renamed, Token);
        Assert.Null(await roles.GetAsync("sales", Token));
    }

    [Fact]
    public async Task Members_OfABucketRange_AreReadAlone()
    {
        var members = (await fixture.StoresAsync()).GetRequiredService<MemberStore>();
        MemberWrite[] writes = [.. Enumerable.Range(0, 256).Select(bucket => new MemberWrite(Some.User(1, bucket).Id, bucket % 2 == 0, WriteKind.Upsert))];
        Assert.All(await members.WriteAsync("sales", writes, Token), outcome => Assert.Equal(WriteOutcome.Done, outcome));
        await members.WriteAsync("other", [new(Some.User(1, 3).Id, true, WriteKind.Upsert)], Token);
        Assert.Equal([2, 3, 4], (await members.ReadRoleAsync("sales", 2, 4, Token).ToList()).Select(member => Buckets.OfUserId(member.UserId)));
        Assert.Equal(16, (await members.ReadRoleAsync("sales", 240, 255, Token).ToList()).Count);
        Assert.Equal(256, (await members.ReadRoleAsync("sales", 0, 255, Token).ToList()).Count);
        Assert.Equal(new MemberRecord("sales", writes[3].UserId, false), await members.GetAsync("sales", writes[3].UserId, Token));
    }

    [Fact]
    public async Task Members_WrittenTwice_AreTheSame()
    {
        var members = (await fixture.StoresAsync()).GetRequiredService<MemberStore>();
        await members.WriteAsync("sales", [.. Enumerable.Range(0, 3).Select(i => new MemberWrite(Some.User(i).Id, false, WriteKind.Upsert))], Token);
        MemberWrite[] writes =
        [
            new(Some.User(1).Id, true, WriteKind.Delete),
            new(Some.User(2).Id, true, WriteKind.Insert),
            new(Some.User(3).Id, true, WriteKind.Upsert),
            new(Some.User(4).Id, true, WriteKind.Delete),
        ];
        Assert.Equal([WriteOutcome.Done, WriteOutcome.Done, WriteOutcome.Done, WriteOutcome.Missing], await members.WriteAsync("sales", writes, Token));
        var once = await members.ReadRoleAsync("sales", 0, 255, Token).ToList();
        Assert.Equal([WriteOutcome.Missing, WriteOutcome.Done, WriteOutcome.Done, WriteOutcome.Missing], await members.WriteAsync("sales", writes, Token));
        Assert.Equal(once, await members.ReadRoleAsync("sales", 0, 255, Token).ToList());
        Assert.Equal([(0, false), (2, true), (3, true)], once.Select(member => (Convert.ToInt32(member.UserId[2..], 16), member.FromDirectory)));
        await Assert.ThrowsAsync<ArgumentException>(() => members.WriteAsync("sales", [new(Some.User(1).Id, true, WriteKind.Replace)], Token));
    }

    [Fact]
    public async Task Members_PageByPageThenDeleted_AreAllAndNone()
    {
        var members = (await fixture.StoresAsync()).GetRequiredService<MemberStore>();
        await members.WriteAsync("sales", [.. Enumerable.Range(0, 250).Select(i => new MemberWrite(Some.User(i).Id, true, WriteKind.Upsert))], Token);
        await members.WriteAsync("other", [new(Some.User(1).Id, true, WriteKind.Upsert)], Token);
        var (found, token) = (new List<MemberRecord>(), (string?)null);
        do
        {
            var page = await members.PageAsync("sales", 60, token, Token);
            Assert.InRange(page.Items.Count, 1, 60);
            found.AddRange(page.Items);
            token = page.ContinuationToken;
        }
        while (token is not null);

        Assert.Equal(Enumerable.Range(0, 250).Select(i => Some.User(i).Id), found.Select(member => member.UserId));
        await members.DeleteRoleAsync("sales", Token);
        Assert.Empty((await members.PageAsync("sales", 10, null, Token)).Items);
        Assert.Single((await members.PageAsync("other", 10, null, Token)).Items);
    }

    [Theory]
    [InlineData(3999, 1)]
    [InlineData(4000, 16)]
    [InlineData(32_000, 256)]
    public async Task Members_OfALargeRole_AreInSeveralPartitionsAndReadAsOne(int announced, int partitions)
    {
        var stores = await fixture.StoresAsync();
        var members = stores.GetRequiredService<MemberStore>();
        await members.PrepareAsync(new Dictionary<string, long> { ["sales"] = announced }, Token);
        await members.WriteAsync("sales-east", [new(Some.User(9, 200).Id, true, WriteKind.Upsert)], Token);
        MemberWrite[] writes = [.. Enumerable.Range(0, 512).Select(i => new MemberWrite(Some.User(i, i % 256).Id, i % 2 == 0, WriteKind.Upsert))];
        Assert.All(await members.WriteAsync("sales", writes, Token), outcome => Assert.Equal(WriteOutcome.Done, outcome));

        var rows = await stores.GetRequiredService<StorageClients>().Table("Members").QueryAsync<TableEntity>(cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(partitions, rows.Where(row => row.PartitionKey != "sales-east").Select(row => row.PartitionKey).Distinct().Count());
        Assert.Equal(
            writes.Select(write => new MemberRecord("sales", write.UserId, write.FromDirectory)).OrderBy(member => member.UserId, StringComparer.Ordinal),
            await members.ReadRoleAsync("sales", 0, 255, Token).ToList());
        Assert.Equal([2, 2, 3, 3], (await members.ReadRoleAsync("sales", 2, 3, Token).ToList()).Select(member => Buckets.OfUserId(member.UserId)));
        Assert.Equal(512, (await PagesAsync(members, 100)).Distinct().Count());
        Assert.Equal(new MemberRecord("sales", writes[3].UserId, false), await members.GetAsync("sales", writes[3].UserId, Token));
        Assert.Null(await members.GetAsync("sales", Some.User(9, 200).Id, Token));

        MemberWrite[] changes = [new(writes[0].UserId, true, WriteKind.Delete), new(Some.User(999).Id, true, WriteKind.Delete), new(writes[1].UserId, true, WriteKind.Upsert)];
        Assert.Equal([WriteOutcome.Done, WriteOutcome.Missing, WriteOutcome.Done], await members.WriteAsync("sales", changes, Token));
        Assert.Null(await members.GetAsync("sales", writes[0].UserId, Token));
        Assert.True((await members.GetAsync("sales", writes[1].UserId, Token))!.FromDirectory);
        Assert.True(await members.AnyFromDirectoryAsync("sales", Token));

        await members.DeleteRoleAsync("sales", Token);
        Assert.Empty(await members.ReadRoleAsync("sales", 0, 255, Token).ToList());
        Assert.False(await members.AnyFromDirectoryAsync("sales", Token));
        Assert.Single(await members.ReadRoleAsync("sales-east", 0, 255, Token).ToList());
    }

    [Fact]
    public async Task Members_OfARoleThatBecomesLarge_AreNeitherLostNorTwice()
    {
        var members = (await fixture.StoresAsync()).GetRequiredService<MemberStore>();
        string[] users = [.. Enumerable.Range(0, 40).Select(i => Some.User(i, i * 6).Id)];
        await members.WriteAsync("sales", [.. users[..20].Select(user => new MemberWrite(user, false, WriteKind.Upsert))], Token);
        await members.PrepareAsync(new Dictionary<string, long> { ["sales"] = 5000 }, Token);

        // 0 to 9 leave, 10 to 14 are written again, 15 to 19 stay where they are, 20 to 39 are new.
        await members.WriteAsync(
            "sales", [.. users[..10].Select(user => new MemberWrite(user, true, WriteKind.Delete)), .. users[10..15].Concat(users[20..]).Select(user => new MemberWrite(user, true, WriteKind.Upsert))], Token);

        var expected = users[10..].Select((user, i) => new MemberRecord("sales", user, i is < 5 or >= 10));
        Assert.Equal(expected, (await members.ReadRoleAsync("sales", 0, 255, Token).ToList()).OrderBy(member => member.UserId, StringComparer.Ordinal));
        Assert.Equal(30, (await PagesAsync(members, 7)).Count);
        Assert.Null(await members.GetAsync("sales", users[3], Token));
        Assert.False((await members.GetAsync("sales", users[17], Token))!.FromDirectory);
        Assert.True((await members.GetAsync("sales", users[12], Token))!.FromDirectory);
    }

    [Fact]
    public async Task Members_OfOnePartition_AreLookedForUntilItIsEmpty()
    {
        var members = (await fixture.StoresAsync()).GetRequiredService<MemberStore>();
        var many = new Dictionary<string, long> { ["sales"] = 4000, ["other"] = 4000 };
        await members.WriteAsync("sales", [new(Some.User(1).Id, false, WriteKind.Upsert)], Token);

        var first = await members.PrepareAsync(many, Token);
        Assert.Equal((new MemberLayout(1, true), new MemberLayout(1, false)), (first["sales"], first["other"]));
        await members.WriteAsync("sales", first["sales"], [new(Some.User(1).Id, true, WriteKind.Insert)], Token);
        Assert.Equal(new MemberLayout(1, false), (await members.PrepareAsync(many, Token))["sales"]);
        Assert.True((await members.GetAsync("sales", Some.User(1).Id, Token))!.FromDirectory);
    }

    [Fact]
    public async Task Members_MovedByAWriteByHand_AreNotWrittenDownAsRemoved()
    {
        var stores = await fixture.StoresAsync();
        var members = stores.GetRequiredService<MemberStore>();
        await members.WriteAsync("sales", [new(Some.User(1).Id, true, WriteKind.Upsert)], Token);
        await members.PrepareAsync(new Dictionary<string, long> { ["sales"] = 4000 }, Token);
        stores.GetRequiredService<AuditScope>().Actor = new("admin", "An administrator");
        await members.WriteAsync("sales", [new(Some.User(1).Id, false, WriteKind.Upsert)], Token);
        stores.GetRequiredService<AuditScope>().Actor = null;

        var (audit, _) = await stores.GetRequiredService<AuditStore>().PageAsync(new AuditQuery(), Token);
        Assert.NotEqual(AuditAction.Removed, Assert.Single(audit).Action);
        Assert.Single(await members.ReadRoleAsync("sales", 0, 255, Token).ToList());
    }

    [Fact]
    public async Task Members_OfALargeRoleThatIsRemovedByHand_AreWrittenDownOnce()
    {
        var stores = await fixture.StoresAsync();
        var members = stores.GetRequiredService<MemberStore>();
        await members.PrepareAsync(new Dictionary<string, long> { ["sales"] = 32_000 }, Token);
        await members.WriteAsync("sales", [.. Enumerable.Range(0, 150).Select(i => new MemberWrite(Some.User(i, i).Id, true, WriteKind.Insert))], Token);
        stores.GetRequiredService<AuditScope>().Actor = new("admin", "An administrator");
        await members.DeleteRoleAsync("sales", Token);
        stores.GetRequiredService<AuditScope>().Actor = null;

        var (audit, _) = await stores.GetRequiredService<AuditStore>().PageAsync(new AuditQuery(), Token);
        Assert.Equal(("member", "sales"), (Assert.Single(audit).Kind, audit[0].Subject));
        Assert.Empty(await members.ReadRoleAsync("sales", 0, 255, Token).ToList());
    }

    private static async Task<List<string>> PagesAsync(MemberStore members, int size)
    {
        var (found, token) = (new List<string>(), (string?)null);
        do
        {
            var page = await members.PageAsync("sales", size, token, Token);
            found.AddRange(page.Items.Select(member => member.UserId));
            token = page.ContinuationToken;
        }
        while (token is not null);

        return found;
    }

    [Fact]
    public async Task Names_InsertReplaceDelete_FollowTheRecordAndStoresAreApart()
    {
        var stores = await fixture.StoresAsync();
        var (accounts, titles) = (stores.GetRequiredService<AccountStore>(), stores.GetRequiredService<JobTitleStore>());
        await accounts.InsertAsync(new NamedRecord("a1", "Acme"), Token);
        await titles.InsertAsync(new NamedRecord("a1", "Engineer"), Token);
        await Assert.ThrowsAsync<RecordExistsException>(() => accounts.InsertAsync(new NamedRecord("a1", "Other"), Token));
        await accounts.ReplaceAsync(new NamedRecord("a1", "Acme Ltd"), Token);
        Assert.Equal([new NamedRecord("a1", "Acme Ltd")], await accounts.ReadAllAsync(Token).ToList());
        Assert.Equal("Engineer", (await titles.GetAsync("a1", Token))?.Name);
        await accounts.DeleteAsync("a1", Token);
        await accounts.DeleteAsync("a1", Token);
        await Assert.ThrowsAsync<RecordChangedException>(() => accounts.ReplaceAsync(new NamedRecord("a1", "Acme"), Token));
    }

    [Fact]
    public async Task Directories_LongSettings_AreStoredWhole()
    {
        var directories = (await fixture.StoresAsync()).GetRequiredService<DirectoryStore>();
        var settings = new DirectorySettings
        {
            Connection = new ConnectionSettings { ServerName = "dc.acme", Security = ConnectionSecurity.StartTls, TrustedCertificates = new string('ü', 70_000) },
            Options = new OptionSettings { RemovalLimits = new RemovalLimits { Deactivations = null } },
        };
        var stored = await directories.InsertAsync(new DirectoryRecord("acme") { Settings = settings, Watermark = Some.Time }, Token);
        var read = (await directories.GetAsync("acme", Token))!;
        Assert.Equal(settings.Connection, read.Settings.Connection);
        Assert.Null(read.Settings.Options.RemovalLimits.Deactivations);
        Assert.Equal((Some.Time, null, stored.ETag), (read.Watermark, read.ActiveRunId, read.ETag));

        // Shorter settings leave no rest of the longer ones.
        var shorter = await directories.ReplaceAsync(read with { Settings = new DirectorySettings(), ActiveRunId = "r" }, Token);
        Assert.Null((await directories.GetAsync("acme", Token))!.Settings.Connection.TrustedCertificates);
        await Assert.ThrowsAsync<RecordChangedException>(() => directories.ReplaceAsync(read with { ActiveRunId = "other" }, Token));
        Assert.Equal("r", Assert.Single(await directories.ListAsync(Token)).ActiveRunId);
        await directories.DeleteAsync(shorter, Token);
        Assert.Empty(await directories.ListAsync(Token));
    }

    [Fact]
    public async Task Directories_RowOfAnotherVersion_IsReadWithDefaults()
    {
        var stores = await fixture.StoresAsync();
        var prefix = stores.GetRequiredService<StorageOptions>().TablePrefix;
        var table = new TableClient(fixture.Azurite.ConnectionString, prefix + "Directories");
        await table.AddEntityAsync(
            new TableEntity("directory", "old") { ["Settings"] = """{"connection":{"serverName":"dc","unknown":1},"users":{"login":"uid"}}""", ["More"] = 1 }, Token);
        var read = (await stores.GetRequiredService<DirectoryStore>().GetAsync("old", Token))!;
        Assert.Equal(("dc", 30, ConnectionSecurity.Ldaps), (read.Settings.Connection.ServerName, read.Settings.Connection.TimeoutSeconds, read.Settings.Connection.Security));
        Assert.Equal(("uid", 50), (read.Settings.Users.Login, read.Settings.Options.RemovalLimits.Deactivations));
        Assert.Null(read.Watermark);
    }
}
