using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>By itself, and with an emulator of its own: others would wait for answers behind its rows.</summary>
[Collection(Alone.Name)]
public sealed class SizeTests
{
    [Fact]
    public async Task Run_TwentyThousandUsersAndFiveHundredGroups_ImportsThemInBoundedMemory()
    {
        var company = Company.Create(people: 20_000, groups: 500);
        await using var slapd = await Slapd.StartAsync(new SlapdOptions { WriteLdif = company.WriteLdif });
        await using var azurite = await Azurite.StartAsync();
        using var secrets = Repository.NewFolder("secrets");
        await using var app = await AppProcess.StartAsync(
            slapd, azurite.ConnectionString, azurite.ConnectionString, "size", secrets);
        await app.ConfigureAsync();
        await app.LinkAllAsync(company.Groups.Count);

        var run = await app.CompleteAsync();

        var expected = Company.ActiveMembers(company.Groups);
        Assert.Equal(500, (int)run["totals"]!["groupsRead"]!);
        Assert.Equal(expected.Count, (int)run["totals"]!["created"]!);
        Assert.Equal(expected.Count, (await app.UsersAsync()).Count);
        Assert.InRange(app.PeakMemory, 1, 400);
    }
}
