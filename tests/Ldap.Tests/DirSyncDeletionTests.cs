using System.Globalization;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.Ldap.Tests;

/// <summary>Deletions by DirSync: they are told for certain, or the read says that they may be missing.</summary>
public sealed class DirSyncDeletionTests
{
    public static TheoryData<string, string[]> Requests => new()
    {
        { "(objectClass=user)", [] },
        { "(objectClass=user)", ["sAMAccountName"] },

        // A deleted entry has lost these attributes, and no longer matches.
        { "(&(objectCategory=person)(mail=*))", ["mail"] },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task DirSync_OfAdministrator_TellsEveryDeletion(string filter, string[] attributes)
    {
        await using var samba = await Samba.StartAsync();
        await using var session = await ConnectAsync(samba, Samba.AdministratorLogin, Samba.AdministratorPassword);
        var request = new ChangeRequest(SambaDirectory.PeopleUnit, filter, attributes);
        var (first, result) = await ReadAsync(session, request, null);
        var ids = first.ToDictionary(change => change.Entry!.DistinguishedName, change => change.Id);

        for (var round = 0; round < 3; round++)
        {
            // One that is the only change since the cookie, and one among others.
            var (alone, among) = (SambaDirectory.PersonName((10 * round) + 1), SambaDirectory.PersonName((10 * round) + 2));
            await samba.ModifyAsync($"dn: {alone}\nchangetype: delete\n");
            (var changes, result) = await ReadAsync(session, request, result.Cookie);

            Assert.Equal((DeletionKnowledge.Told, false, true), (result.Deletions, result.IsFull, result.Proof.IsComplete));
            Assert.Equal([ids[alone]], Deleted(changes));

            await samba.ModifyAsync(
                $"dn: {SambaDirectory.PersonName((10 * round) + 3)}\nchangetype: modify\nreplace: mail\nmail: other{round}@example.test\n\n"
                + $"dn: {among}\nchangetype: delete\n\n"
                + $"dn: CN=new{round},{SambaDirectory.PeopleUnit}\nchangetype: add\nobjectClass: user\nsAMAccountName: new{round}\nmail: new{round}@example.test\n");
            (changes, result) = await ReadAsync(session, request, result.Cookie);

            Assert.Equal(DeletionKnowledge.Told, result.Deletions);
            Assert.Equal([ids[among]], Deleted(changes));
            Assert.True(changes.Count(change => change.Kind == ChangeKind.Changed) >= 1);

            (changes, result) = await ReadAsync(session, request, result.Cookie);
            Assert.Empty(changes);
            Assert.Equal(DeletionKnowledge.Told, result.Deletions);
        }
    }

    [Fact]
    public async Task DirSync_OfAccountThatMayReplicateOnly_DoesNotClaimToTellDeletionsOfSamba()
    {
        await using var samba = await Samba.StartAsync();
        await using var session = await ConnectAsync(samba, Samba.ReaderLogin, Samba.ReaderPassword);
        var request = new ChangeRequest(SambaDirectory.PeopleUnit, "(objectClass=user)", []);
        var (_, start) = await ReadAsync(session, request, null);

        await samba.ModifyAsync($"dn: {SambaDirectory.PersonName(1)}\nchangetype: delete\n");
        var (changes, result) = await ReadAsync(session, request, start.Cookie);

        Assert.Empty(Deleted(changes));
        Assert.Equal((ChangeMethod.DirSync, DeletionKnowledge.Unknown), (result.Method, result.Deletions));
    }

    [Fact]
    public async Task DirSync_FromCookieOlderThanDeletedEntriesAreKept_DoesNotClaimToTellDeletions()
    {
        await using var samba = await Samba.StartAsync();
        await using var session = await ConnectAsync(samba, Samba.AdministratorLogin, Samba.AdministratorPassword);
        var request = new ChangeRequest(SambaDirectory.PeopleUnit, "(objectClass=user)", ["cn"]);
        var (_, start) = await ReadAsync(session, request, null);

        // Samba's forest keeps them for 180 days.
        var (_, young) = await ReadAsync(session, request, Older(start.Cookie!, days: 170));
        var (_, old) = await ReadAsync(session, request, Older(start.Cookie!, days: 180));

        Assert.Equal(DeletionKnowledge.Told, young.Deletions);
        Assert.Equal(DeletionKnowledge.Unknown, old.Deletions);
    }

    private static string Older(string cookie, int days)
    {
        var parts = cookie.Split(':', '/');
        var given = long.Parse(parts[1], CultureInfo.InvariantCulture) - (days * 86400L);
        return cookie.Replace($":{parts[1]}/", string.Create(CultureInfo.InvariantCulture, $":{given}/"), StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Deleted(List<DirectoryChange> changes) =>
        changes.Where(change => change.Kind == ChangeKind.Deleted).Select(change => change.Id);

    private static async Task<(List<DirectoryChange> Changes, ChangeResult Result)> ReadAsync(IDirectorySession session, ChangeRequest request, string? cookie)
    {
        var search = ((IChangeSource)session).Changes(request, cookie);
        var changes = new List<DirectoryChange>();
        await foreach (var change in search.WithCancellation(Reading.Stop))
        {
            changes.Add(change);
        }

        return (changes, search.Result);
    }

    private static Task<IDirectorySession> ConnectAsync(Samba samba, string login, string password) => new LdapDirectoryClient().ConnectAsync(
        SambaFixture.Settings(samba, ConnectionSecurity.Ldaps) with { AdministratorLogin = login }, password, Reading.Stop);
}
