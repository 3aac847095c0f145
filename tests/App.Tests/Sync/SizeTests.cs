using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Sync;

public sealed class SizeTests(Emulator emulator)
{
    [Fact]
    public async Task Run_TwentyThousandUsersAndFiveHundredGroups_ImportsThemInBoundedMemory()
    {
        var company = Company.Create(people: 20_000, groups: 500);
        await using var slapd = await Slapd.StartAsync(new SlapdOptions { WriteLdif = company.WriteLdif });
        using var secrets = Repository.NewFolder("secrets");
        await using var app = await AppProcess.StartAsync(
            slapd, emulator.Azurite.ConnectionString, emulator.Azurite.ConnectionString, "size", secrets);
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
