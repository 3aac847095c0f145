using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>Rule G1, each fault at each read of a real directory: nobody is deactivated and nobody leaves a role.</summary>
public sealed class FaultMatrixTests(Emulator emulator)
{
    private const string People = "ou=people";
    private const string Groups = "ou=groups";

    /// <summary>How the requests of each read are known.</summary>
    private static readonly (string Name, string Mode, Func<string, bool> Is)[] Reads =
    [
        ("groups", "full", request => request.Contains(Groups, StringComparison.Ordinal) && !request.Contains(People, StringComparison.Ordinal)),
        ("users", "full", request => request.Contains(People, StringComparison.Ordinal) && !request.Contains("memberOf", StringComparison.Ordinal)),
        ("members", "full", request => request.Contains("memberOf", StringComparison.Ordinal)),
        ("presence", "changed", request => request.Contains(People, StringComparison.Ordinal) && !request.Contains("memberOf", StringComparison.Ordinal)
            && !request.Contains("modifyTimestamp", StringComparison.Ordinal)),
        ("changed users", "changed", request => request.Contains(People, StringComparison.Ordinal) && request.Contains("modifyTimestamp", StringComparison.Ordinal)),
    ];

    [Theory]
    [Trait("Rule", "G1")]
    [Trait("Rule", "R7")]
    [InlineData(SearchFault.Silence)]
    [InlineData(SearchFault.Death)]
    [InlineData(SearchFault.SizeLimit)]
    [InlineData(SearchFault.Empty)]
    public async Task Run_FaultAtAnyRead_DeactivatesNobodyAndRemovesNobody(SearchFault fault)
    {
        await using var app = await Installation.StartAsync(emulator, Tests.People.Few());
        await using var proxy = new FaultProxy(app.Slapd.Port);
        await ConfigureAsync(app, proxy);
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();
        var members = (await app.MembersAsync("staff"), await app.MembersAsync("project"));
        foreach (var (name, mode, isRead) in Reads)
        {
            var before = proxy.Spoilt;
            proxy.Fault = request => isRead(request) ? fault : null;
            var run = await app.SyncAsync(mode);
            proxy.Fault = _ => null;

            Assert.True(proxy.Spoilt > before, $"No search of {name} was met.");
            Assert.True((string?)run["status"] is "failed" or "completed", run.ToJsonString());
            Assert.True((int)run["totals"]!["deactivated"]! + (int)run["totals"]!["membersRemoved"]! == 0, $"{name}: {run.ToJsonString()}");
            Assert.All((await app.UsersAsync()).Values, user => Assert.True((bool)user["active"]! && (bool)user["canSignIn"]!, $"{name}: {user.ToJsonString()}"));
            Assert.Equal(members, (await app.MembersAsync("staff"), await app.MembersAsync("project")));
        }

        Assert.Equal(0, (int)(await app.CompleteAsync())["totals"]!["applied"]!);
    }

    [Fact]
    [Trait("Rule", "G1")]
    [Trait("Rule", "R7")]
    public async Task Run_HalfOfTheGroups_RemovesNobody()
    {
        await using var app = await Installation.StartAsync(emulator, Tests.People.Few());
        await using var proxy = new FaultProxy(app.Slapd.Port);
        await ConfigureAsync(app, proxy);
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();

        proxy.Fault = request => Reads[0].Is(request) ? SearchFault.Half : null;
        var run = await app.CompleteAsync();
        proxy.Fault = _ => null;

        Assert.Equal(0, (int)run["totals"]!["deactivated"]! + (int)run["totals"]!["membersRemoved"]!);
        Assert.Equal(1, (int)run["totals"]!["rolesMarked"]!);
        var next = await app.CompleteAsync();
        Assert.Equal(1, (int)next["totals"]!["rolesMarked"]!);
        Assert.Null((await app.GetAsync("api/roles/staff"))["groupMissingSince"]);
        Assert.Null((await app.GetAsync("api/roles/project"))["groupMissingSince"]);
    }

    private static Task ConfigureAsync(Installation app, FaultProxy proxy) => app.ConfigureAsync(body =>
    {
        body["connection"]!["serverName"] = $"localhost:{proxy.Port}";
        body["connection"]!["security"] = "none";
        body["connection"]!["allowClearText"] = true;
        body["connection"]!["timeoutSeconds"] = 1;
        body["options"] = new JsonObject { ["synchronizeOnlyGroups"] = true };
    });
}
