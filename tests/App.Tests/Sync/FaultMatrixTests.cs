using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>Rule G1, each fault at each read of a real directory: nobody is deactivated and nobody leaves a role.</summary>
public sealed class FaultMatrixTests(Emulator emulator) : IClassFixture<Emulator>
{
    private const string People = "ou=people";
    private const string Groups = "ou=groups";

    /// <summary>How the requests of each read are known, by the source of memberships.</summary>
    private static (string Name, string Mode, Func<string, bool> Is)[] ReadsOf(string membership)
    {
        Func<string, bool> isMembers = membership == "member"
            ? request => Names(request, Groups) && !Names(request, People) && Names(request, "member")
            : request => Names(request, "memberOf");
        return
        [
            ("groups", "full", request => Names(request, Groups) && !Names(request, People) && !isMembers(request)),
            ("users", "full", request => Names(request, People) && !isMembers(request)),
            ("members", "full", isMembers),
            ("presence", "changed", request => Names(request, People) && !isMembers(request) && !Names(request, "telephoneNumber")),
            ("changed users", "changed", request => Names(request, People) && Names(request, "telephoneNumber")),
        ];
    }

    public static TheoryData<SearchFault, string> Faults { get; } = new MatrixTheoryData<SearchFault, string>(
        [SearchFault.Silence, SearchFault.Death, SearchFault.SizeLimit, SearchFault.Empty], ["filter", "member"]);

    [Theory]
    [Trait("Rule", "G1")]
    [Trait("Rule", "R7")]
    [MemberData(nameof(Faults))]
    public async Task Run_FaultAtAnyRead_DeactivatesNobodyAndRemovesNobody(SearchFault fault, string membership)
    {
        await using var app = await Installation.StartAsync(emulator, Tests.People.Few());
        await using var proxy = new FaultProxy(app.Slapd.Port);
        await ConfigureAsync(app, proxy, membership);
        await app.LinkAsync("staff", "project");
        if (fault == SearchFault.Silence)
        {
            // Only where silence is waited for, and only for runs, which try again: a busy machine may be silent for a second.
            await ConfigureAsync(app, proxy, membership, timeoutSeconds: 2);
        }

        await app.CompleteAsync();
        var (staff, project) = (await app.MembersAsync("staff"), await app.MembersAsync("project"));
        foreach (var (name, mode, isRead) in ReadsOf(membership))
        {
            var before = proxy.Spoilt;
            proxy.Fault = request => isRead(request) ? fault : null;
            var run = await app.SyncAsync(mode);
            proxy.Fault = _ => null;

            Assert.True(proxy.Spoilt > before, $"No search of {name} was met.");
            Assert.True((string?)run["status"] is "failed" or "completed", run.ToJsonString());
            Assert.True((int)run["totals"]!["deactivated"]! + (int)run["totals"]!["membersRemoved"]! == 0, $"{name}: {run.ToJsonString()}");
            Assert.All((await app.UsersAsync()).Values, user => Assert.True((bool)user["active"]! && (bool)user["canSignIn"]!, $"{name}: {user.ToJsonString()}"));
            Assert.Equal(staff, await app.MembersAsync("staff"));
            Assert.Equal(project, await app.MembersAsync("project"));
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
        await ConfigureAsync(app, proxy, "member");
        await app.LinkAsync("staff", "project");
        await app.CompleteAsync();

        proxy.Fault = request => ReadsOf("member")[0].Is(request) ? SearchFault.Half : null;
        var run = await app.CompleteAsync();
        proxy.Fault = _ => null;

        Assert.Equal(0, (int)run["totals"]!["deactivated"]! + (int)run["totals"]!["membersRemoved"]!);
        Assert.Equal(1, (int)run["totals"]!["rolesMarked"]!);
        var next = await app.CompleteAsync();
        Assert.Equal(1, (int)next["totals"]!["rolesMarked"]!);
        Assert.Null((await app.GetAsync("api/roles/staff"))["groupMissingSince"]);
        Assert.Null((await app.GetAsync("api/roles/project"))["groupMissingSince"]);
    }

    private static Task ConfigureAsync(Installation app, FaultProxy proxy, string membership, int timeoutSeconds = 30) => app.ConfigureAsync(body =>
    {
        body["connection"]!["serverName"] = $"localhost:{proxy.Port}";
        body["connection"]!["security"] = "none";
        body["connection"]!["allowClearText"] = true;
        body["connection"]!["timeoutSeconds"] = timeoutSeconds;
        body["groups"]!["membership"] = membership;
        body["options"] = new JsonObject { ["synchronizeOnlyGroups"] = true };
    });

    private static bool Names(string request, string what) => request.Contains(what, StringComparison.Ordinal);
}
