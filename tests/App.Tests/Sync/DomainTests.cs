using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>Runs over an Active Directory domain controller (Samba).</summary>
public sealed class DomainTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "R9")]
    public async Task Run_NestedPrimaryAndBigGroups_HaveEveryMember()
    {
        await using var samba = await Samba.StartAsync();
        await SetPrimaryGroupAsync(samba, 30, "primary");
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(Domain(samba));
        await app.LinkAsync("everyone", "outer", "inner", "primary");

        await app.CompleteAsync();

        // Every fiftieth is disabled; no member value names person 30 in the primary group.
        Assert.Equal(SambaDirectory.People - (SambaDirectory.People / 50), (await app.MembersAsync("everyone")).Count);
        var ring = Enumerable.Range(10, 11).Select(index => $"u{index:D5}").ToList();
        Assert.Equal(ring, await app.MembersAsync("outer"));
        Assert.Equal(ring, await app.MembersAsync("inner"));
        Assert.Equal(["u00030"], await app.MembersAsync("primary"));
    }

    [Fact]
    [Trait("Rule", "U3")]
    public async Task Run_Delta_FollowsEveryChangeOfUsersAndGroups()
    {
        await using var samba = await Samba.StartAsync();
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(Domain(samba, administrator: true));
        await app.LinkAsync("staff", "outer", "primary");
        await app.CompleteAsync();
        Assert.Equal(0, (int)(await DeltaAsync(app))["totals"]!["usersRead"]!);

        await SetPrimaryGroupAsync(samba, 30, "primary");
        await samba.ModifyAsync(
            $"dn: {SambaDirectory.PersonName(3)}\nchangetype: modify\nreplace: title\ntitle: Chief\n\n"
            + $"dn: {SambaDirectory.PersonName(4)}\nchangetype: delete\n\n"
            + $"dn: {SambaDirectory.PersonName(5)}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 546\n\n"
            + $"dn: {SambaDirectory.PersonName(6)}\nchangetype: modrdn\nnewrdn: CN=renamed\ndeleteoldrdn: 1\n\n"
            + $"dn: {SambaDirectory.PersonName(7)}\nchangetype: modrdn\nnewrdn: CN=u00007\ndeleteoldrdn: 1\nnewsuperior: CN=Users,{Samba.Suffix}\n\n"
            + $"dn: {SambaDirectory.GroupName("staff")}\nchangetype: modify\ndelete: member\nmember: {SambaDirectory.PersonName(8)}\n-\nadd: member\nmember: {SambaDirectory.PersonName(60)}\n\n"
            + $"dn: {SambaDirectory.GroupName("inner")}\nchangetype: modify\ndelete: member\nmember: {SambaDirectory.PersonName(11)}\n\n");
        var run = await DeltaAsync(app);

        Assert.InRange((int)run["totals"]!["usersRead"]!, 4, 12);
        var users = await app.UsersAsync();
        Assert.All(new[] { "u00004", "u00005", "u00007" }, login => Assert.False((bool)users[login]["active"]!, login));
        Assert.Equal($"CN=renamed,{SambaDirectory.PeopleUnit}", (string?)users["u00006"]["distinguishedName"]);
        var staff = await app.MembersAsync("staff");
        Assert.Contains("u00060", staff);
        Assert.Contains("u00006", staff);
        Assert.DoesNotContain("u00008", staff);
        Assert.DoesNotContain("u00011", await app.MembersAsync("outer"));
        Assert.Equal(["u00030"], await app.MembersAsync("primary"));
        Assert.Empty(await app.ChangesAsync(await app.CompleteAsync(dryRun: true)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "U3")]
    public async Task Run_Delta_AfterNothingButADeletion_DeactivatesWhoeverMayBeToldOfIt(bool administrator)
    {
        await using var samba = await Samba.StartAsync();
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(Domain(samba, administrator));
        await app.LinkAsync("everyone");
        await app.CompleteAsync();

        await samba.ModifyAsync($"dn: {SambaDirectory.PersonName(70)}\nchangetype: delete\n");
        var run = await DeltaAsync(app, administrator ? "delta" : "changed");

        Assert.Equal(administrator, run["modeReason"] is null);
        Assert.False((bool)(await app.UsersAsync())["u00070"]["active"]!);
    }

    [Fact]
    [Trait("Rule", "U3")]
    public async Task Run_Delta_AfterAContainerMoved_LooksAtEverybody()
    {
        const string Unit = $"OU=branch,{SambaDirectory.PeopleUnit}";
        await using var samba = await Samba.StartAsync();
        await samba.ModifyAsync(
            $"dn: {Unit}\nobjectClass: organizationalUnit\n\n"
            + $"dn: CN=far,{Unit}\nobjectClass: user\nsAMAccountName: far\nuserPrincipalName: far@example.test\ngivenName: Far\nsn: Away\nmail: far@example.test\nuserAccountControl: 544\n\n"
            + $"dn: {SambaDirectory.GroupName("staff")}\nchangetype: modify\nadd: member\nmember: CN=far,{Unit}\n");
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(Domain(samba, administrator: true));
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        Assert.True((bool)(await app.UsersAsync())["far"]["active"]!);

        await samba.ModifyAsync($"dn: {Unit}\nchangetype: modrdn\nnewrdn: OU=branch\ndeleteoldrdn: 1\nnewsuperior: {Samba.Suffix}\n");
        var run = await DeltaAsync(app, "changed");

        Assert.Contains("a container was renamed or moved", (string?)run["modeReason"], StringComparison.OrdinalIgnoreCase);
        Assert.False((bool)(await app.UsersAsync())["far"]["active"]!);
    }

    private static async Task<JsonNode> DeltaAsync(Installation app, string mode = "delta")
    {
        var run = await app.CompleteAsync("delta");
        Assert.True((string?)run["mode"] == mode, run.ToJsonString());
        return run;
    }

    /// <summary>The server moves a member of the new primary group from its list to the user.</summary>
    private static async Task SetPrimaryGroupAsync(Samba samba, int person, string group)
    {
        var sid = (await samba.SearchAsync("-b", SambaDirectory.GroupName(group), "objectSid")).Split("objectSid:: ")[1].Trim();
        var rid = BitConverter.ToUInt32(Convert.FromBase64String(sid).AsSpan()[^4..]);
        await samba.ModifyAsync($"dn: {SambaDirectory.PersonName(person)}\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: {rid}\n");
    }

    /// <summary>Samba tells deletions to administrators only.</summary>
    private static Action<JsonObject> Domain(Samba samba, bool administrator = false) => body =>
    {
        body["preset"] = "activeDirectory";
        body["connection"] = new JsonObject
        {
            ["serverName"] = samba.Address,
            ["security"] = "ldaps",
            ["trustedCertificates"] = samba.AuthorityPem,
            ["tlsName"] = Samba.HostName,
            ["administratorLogin"] = administrator ? Samba.AdministratorLogin : Samba.ReaderLogin,
            ["password"] = administrator ? Samba.AdministratorPassword : Samba.ReaderPassword,
        };
        body["users"] = new JsonObject { ["searchBase"] = SambaDirectory.PeopleUnit };
        body["groups"] = new JsonObject { ["searchBase"] = SambaDirectory.GroupsUnit, ["nested"] = true, ["primaryGroup"] = true };
    };
}
