using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace LdapSync.App.Tests.Users;

/// <summary>Protected users, and users changed by hand.</summary>
public sealed class ProtectionTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    [Trait("Rule", "U3")]
    public async Task Run_ProtectedUserIsGone_StaysActiveUntilNoLongerProtected()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        var anna = (string)(await app.UsersAsync())["anna"]["id"]!;
        Assert.True((bool)(await ProtectAsync(true))["protected"]!);
        await app.Slapd.ModifyAsync(People.Deleting("anna"));

        await app.CompleteAsync();
        Assert.True((bool)(await app.GetAsync($"api/users/{anna}"))["active"]!);

        await ProtectAsync(false);
        await app.CompleteAsync("changed");
        Assert.False((bool)(await app.GetAsync($"api/users/{anna}"))["active"]!);
        await app.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Put, $"api/users/{anna}/protection", new JsonObject());
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Put, $"api/users/{new string('0', 32)}/protection", new JsonObject { ["protected"] = true });

        Task<JsonNode> ProtectAsync(bool value) =>
            app.SendAsync(HttpMethod.Put, $"api/users/{anna}/protection", new JsonObject { ["protected"] = value });
    }

    [Fact]
    public async Task Change_LoginOfAnother_IsRefusedAndTheOldOneBecomesFree()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        var guest = (string)(await app.SendAsync(HttpMethod.Post, "api/users", Body("guest")))["id"]!;
        var anna = (string)(await app.UsersAsync())["anna"]["id"]!;

        var problem = await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"api/users/{guest}", Body("ANNA"));
        Assert.Equal(["login"], problem["errors"]!.AsObject().Select(error => error.Key));
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"api/users/{anna}", Body("anna.b"));
        Assert.Equal("visitor", (string?)(await app.SendAsync(HttpMethod.Put, $"api/users/{guest}", Body("visitor")))["login"]);
        await app.SendAsync(HttpMethod.Post, "api/users", Body("guest"));

        static JsonObject Body(string login) => new() { ["login"] = login, ["fullName"] = "Guest" };
    }
}
