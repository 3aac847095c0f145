using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Changes, on servers that the tests change.</summary>
public sealed class ChangeTests
{
    private const string Unit = $"ou=people,{Slapd.Suffix}";

    [Theory]
    [InlineData(ChangeMethod.SyncRepl)]
    [InlineData(ChangeMethod.Watermark)]
    public async Task Changes_OfSlapd_TellWhatWasAddedAndChanged(ChangeMethod method)
    {
        await using var slapd = await StartAsync();
        await using var session = await ConnectAsync(slapd);
        var request = new ChangeRequest(Unit, "(objectClass=inetOrgPerson)", ["uid", "title"]) { Method = method };
        var (first, start) = await ReadAsync(session, request, null);

        await slapd.ModifyAsync($"dn: uid=new,{Unit}\nobjectClass: inetOrgPerson\nuid: new\ncn: New\nsn: New\n");
        await slapd.ModifyAsync($"dn: {SampleDirectory.PersonName(3)}\nchangetype: modify\nreplace: title\ntitle: Chief\n");
        var (changes, result) = await ReadAsync(session, request, start.Cookie);

        Assert.Equal(20, first.Count);
        Assert.True(start.IsFull);
        Assert.Equal(method, result.Method);
        Assert.False(result.IsFull);
        var changed = changes.Where(change => change.Kind == ChangeKind.Changed).ToList();
        Assert.Contains(changed, change => change.Entry!.DistinguishedName == $"uid=new,{Unit}");
        Assert.Contains(changed, change => change.Entry!.Find("title")?.Text() == "Chief");
        Assert.All(changed, change => Assert.NotNull(change.Id));
        if (method == ChangeMethod.SyncRepl)
        {
            Assert.Equal(2, changed.Count);
        }
    }

    [Fact]
    public async Task SyncRepl_AfterDeletion_TellsItAndUnchangedDirectoryTellsNothing()
    {
        await using var slapd = await StartAsync();
        await using var session = await ConnectAsync(slapd);
        var request = new ChangeRequest(Unit, "(objectClass=inetOrgPerson)", ["uid"]);
        var (first, start) = await ReadAsync(session, request, null);
        var gone = first.Single(change => change.Entry!.Find("uid")!.Text() == "u0000007").Id;

        await slapd.ModifyAsync($"dn: {SampleDirectory.PersonName(7)}\nchangetype: delete\n");
        var (changes, result) = await ReadAsync(session, request, start.Cookie);
        var (nothing, end) = await ReadAsync(session, request, result.Cookie);

        Assert.Equal(ChangeMethod.SyncRepl, result.Method);
        Assert.Equal([gone], Deleted(first, changes, result));
        Assert.Equal(end.Deletions == DeletionKnowledge.Told ? 0 : 19, nothing.Count(change => change.Kind != ChangeKind.Changed));
        Assert.DoesNotContain(nothing, change => change.Kind == ChangeKind.Changed);
    }

    [Fact]
    public async Task SyncRepl_AfterSessionLogIsLost_TellsDeletionsByAbsence()
    {
        await using var slapd = await StartAsync();
        ChangeResult start;
        List<DirectoryChange> first;
        var request = new ChangeRequest(Unit, "(objectClass=inetOrgPerson)", ["uid"]);
        await using (var before = await ConnectAsync(slapd))
        {
            (first, start) = await ReadAsync(before, request, null);
        }

        await slapd.ModifyAsync($"dn: {SampleDirectory.PersonName(7)}\nchangetype: delete\n");
        await slapd.StopAsync();
        await slapd.StartAgainAsync();
        await slapd.ModifyAsync($"dn: {SampleDirectory.PersonName(3)}\nchangetype: modify\nreplace: title\ntitle: Chief\n");
        await using var session = await ConnectAsync(slapd);
        var (changes, result) = await ReadAsync(session, request, start.Cookie);

        Assert.Equal(DeletionKnowledge.ByAbsence, result.Deletions);
        Assert.Single(Deleted(first, changes, result));
        Assert.Single(changes, change => change.Kind == ChangeKind.Changed);
    }

    [Fact]
    public async Task SyncRepl_WithCookieOfAnotherMethod_ReadsEverythingAgain()
    {
        await using var slapd = await StartAsync();
        await using var session = await ConnectAsync(slapd);
        var request = new ChangeRequest(Unit, "(objectClass=inetOrgPerson)", ["uid"]);

        var (changes, result) = await ReadAsync(session, request, "Watermark:date/20260101000000.0Z");

        Assert.True(result.IsFull);
        Assert.Equal(20, changes.Count);
    }

    [Theory]
    [InlineData(ChangeMethod.DirSync)]
    [InlineData(ChangeMethod.Watermark)]
    public async Task Changes_OfDomain_TellWhatWasAddedAndChanged(ChangeMethod method)
    {
        await using var samba = await Samba.StartAsync();
        await using var session = await ConnectAsync(samba);
        var request = new ChangeRequest(SambaDirectory.PeopleUnit, "(objectClass=user)", ["sAMAccountName", "title"], "whenChanged") { Method = method };
        var (first, start) = await ReadAsync(session, request, null);

        await samba.ModifyAsync($"dn: {SambaDirectory.PersonName(3)}\nchangetype: modify\nreplace: title\ntitle: Chief\n");
        await samba.ModifyAsync($"dn: CN=new,{SambaDirectory.PeopleUnit}\nobjectClass: user\nsAMAccountName: new\n");
        var (changes, result) = await ReadAsync(session, request, start.Cookie);

        Assert.Equal(SambaDirectory.People, first.Count);
        Assert.Equal(method, result.Method);
        Assert.False(result.IsFull);
        Assert.True(result.Proof.IsComplete);
        Assert.Equal(2, changes.Count);
        Assert.Contains(changes, change => change.Entry!.Find("title")?.Text() == "Chief");
        Assert.Contains(first, change => change.Id == changes.Single(other => other.Entry!.Find("title") is not null).Id);
    }

    private static IEnumerable<string?> Deleted(List<DirectoryChange> before, List<DirectoryChange> changes, ChangeResult result) =>
        result.Deletions == DeletionKnowledge.Told
            ? changes.Where(change => change.Kind == ChangeKind.Deleted && before.Any(known => known.Id == change.Id)).Select(change => change.Id)
            : before.Select(change => change.Id).Except(changes.Select(change => change.Id));

    private static async Task<(List<DirectoryChange> Changes, ChangeResult Result)> ReadAsync(
        IDirectorySession session, ChangeRequest request, string? cookie)
    {
        var search = ((IChangeSource)session).Changes(request, cookie);
        var changes = new List<DirectoryChange>();
        await foreach (var change in search.WithCancellation(Reading.Stop))
        {
            changes.Add(change);
        }

        return (changes, search.Result);
    }

    private static Task<Slapd> StartAsync() =>
        Slapd.StartAsync(new SlapdOptions { WriteLdif = writer => SampleDirectory.Write(writer, people: 20, groups: 3) });

    private static Task<IDirectorySession> ConnectAsync(Slapd slapd) => new LdapDirectoryClient().ConnectAsync(
        new ConnectionSettings
        {
            ServerName = $"127.0.0.1:{slapd.Port}",
            Security = ConnectionSecurity.StartTls,
            TrustedCertificates = slapd.Authority.Pem,
            AdministratorLogin = Slapd.ReaderName,
        },
        Slapd.ReaderPassword,
        Reading.Stop);

    private static Task<IDirectorySession> ConnectAsync(Samba samba) => new LdapDirectoryClient().ConnectAsync(
        SambaFixture.Settings(samba, ConnectionSecurity.Ldaps), Samba.ReaderPassword, Reading.Stop);
}
