using System.Text.Json.Nodes;
using Xunit;

namespace LdapSync.App.Tests.Sync;

/// <summary>Full runs that read users in parts (<c>users.shards</c>).</summary>
public sealed class ShardedRunTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "G1")]
    public async Task Run_InShards_HasEverybodyAndFindsWhoIsGone()
    {
        var people = People.Few().Person("frida", "Frida Fischer");
        await using var app = await Installation.StartAsync(emulator, people);
        await app.ConfigureAsync(body =>
        {
            Everybody(body);
            body["users"]!["shards"] = new JsonArray("a", "C", "fri");
            body["connection"]!["maxConnections"] = 3;
        });
        var first = await app.CompleteAsync("full");
        var users = await app.UsersAsync();

        Assert.Equal(6, (int)first["totals"]!["usersRead"]!);
        Assert.Equal(["anna", "ben", "chloe", "dora", "emil", "frida"], users.Keys.Order(StringComparer.Ordinal));

        await app.Slapd.ModifyAsync($"dn: {People.Name("chloe")}\nchangetype: delete\n\ndn: {People.Name("anna")}\nchangetype: modrdn\nnewrdn: uid=zoe\ndeleteoldrdn: 1\n");
        await app.CompleteAsync("full");

        users = await app.UsersAsync();
        Assert.False((bool)users["chloe"]["active"]!);
        Assert.True((bool)users["zoe"]["active"]!);
        Assert.All(new[] { "ben", "dora", "emil", "frida" }, name => Assert.True((bool)users[name]["active"]!, name));
    }

    [Fact]
    [Trait("Rule", "G1")]
    public async Task Run_InShardsOfWhichNoneMayBeRead_KeepsEverybody()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(Everybody);
        await app.CompleteAsync("full");

        // Nobody is found any more by any part.
        await app.ConfigureAsync(body =>
        {
            Everybody(body);
            body["users"]!["shards"] = new JsonArray("a");
            body["filters"] = new JsonObject { ["users"] = "(&(objectClass=inetOrgPerson)(description=nobody))" };
        });
        var run = await app.CompleteAsync("full");

        Assert.Contains("nobody was found at all", run["warnings"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.All((await app.UsersAsync()).Values, user => Assert.True((bool)user["active"]!));
    }

    private static void Everybody(JsonObject body) => body["options"] = new JsonObject { ["importScope"] = "all" };
}
