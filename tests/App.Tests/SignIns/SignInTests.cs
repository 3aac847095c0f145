using System.Net;
using System.Text.Json.Nodes;
using LdapSync.TestBed;
using Xunit;

namespace LdapSync.App.Tests.SignIns;

/// <summary>Signing in with the directory password, on OpenLDAP.</summary>
public sealed class SignInTests(Emulator emulator) : IClassFixture<Emulator>
{
    private const string SignIn = $"api/directories/{Api.Directory}/sign-in";

    [Fact]
    [Trait("Rule", "I1")]
    [Trait("Rule", "I2")]
    public async Task SignIn_OnlyLinkedActiveMembers_AllOthersGetTheSameAnswer()
    {
        await using var app = await StartAsync(body => body["signIn"] = new JsonObject { ["attemptsPerLogin"] = 50 });
        await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "guest", ["fullName"] = "By hand" });
        await app.Slapd.ModifyAsync(People.Leaving("staff", "chloe") + People.Adding("guest", "Guest of the directory"));
        await app.CompleteAsync();

        var anna = await app.SendAsync(HttpMethod.Post, SignIn, Body("ANNA", "anna-secret"));
        Assert.Equal(("anna", "Anna Adler", "anna@example.test"), ((string?)anna["login"], (string?)anna["fullName"], (string?)anna["email"]));
        Assert.DoesNotContain("anna-secret", anna.ToJsonString(), StringComparison.Ordinal);

        // Wrong; unknown to both; not imported; by hand; active but of no group any more: the directory would take the password of the last three.
        var answers = new List<string>();
        foreach (var (login, password) in new[] { ("anna", "Anna-secret"), ("nobody", "x"), ("emil", "emil-secret"), ("guest", "guest-secret"), ("chloe", "chloe-secret"), ("*", "x"), ("an*", "anna-secret"), ("anna)(uid=*", "anna-secret") })
        {
            answers.Add((await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body(login, password))).ToJsonString());
        }

        Assert.Single(answers.Distinct());
        Assert.True((bool)(await app.UsersAsync())["chloe"]["active"]!);
        var audit = await app.ItemsAsync($"api/directories/{Api.Directory}/sign-ins");
        Assert.Equal(
            ["unknownLogin ann…", "unknownLogin …", "unknownLogin …", "notAllowed chloe", "notAllowed guest", "unknownLogin emi…", "unknownLogin nob…", "wrongPassword anna", "signedIn ANNA"],
            audit.Select(attempt => $"{attempt["outcome"]} {attempt["login"]}"));
        Assert.DoesNotContain("secret", string.Concat(audit.Select(attempt => attempt.ToJsonString())), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Rule", "I1")]
    [InlineData("", "x", "login")]
    [InlineData("anna", "", "password")]
    [InlineData("an\0na", "x", "login")]
    public async Task SignIn_BadInput_NamesTheField(string login, string password, string field)
    {
        await using var app = await StartAsync();

        var problem = await app.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, SignIn, Body(login, password));

        Assert.Equal([field], problem["errors"]!.AsObject().Select(error => error.Key));
        problem = await app.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, SignIn, Body(new string('x', 10_000), "x"));
        Assert.Equal(["login"], problem["errors"]!.AsObject().Select(error => error.Key));
        problem = await app.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, SignIn, Body("anna", "x", "somewhere"));
        Assert.Equal(["clientAddress"], problem["errors"]!.AsObject().Select(error => error.Key));
        await app.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Post, "api/directories/nowhere/sign-in", Body("anna", "anna-secret"));
        await app.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"api/directories/{Api.Directory}/sign-ins?outcome=7");
    }

    [Fact]
    [Trait("Rule", "I2")]
    [Trait("Rule", "U3")]
    public async Task SignIn_DeactivatedByARun_IsRefusedAtOnceThoughTheDirectoryAccepts()
    {
        await using var app = await StartAsync(body => body["options"] = new JsonObject { ["synchronizeOnlyGroups"] = true });
        await app.SendAsync(HttpMethod.Post, SignIn, Body("anna", "anna-secret"));
        await app.Slapd.ModifyAsync(People.Leaving("staff", "anna"));

        await app.CompleteAsync("changed");

        await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body("anna", "anna-secret"));
        Assert.Equal("notAllowed", (string?)(await app.ItemsAsync($"api/directories/{Api.Directory}/sign-ins?login=anna"))[0]["outcome"]);
        await app.Slapd.ModifyAsync(People.Joining("staff", "anna"));
        await app.CompleteAsync("changed");
        await app.SendAsync(HttpMethod.Post, SignIn, Body("anna", "anna-secret"));
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task SignIn_ChangedSinceTheLastRun_FollowsTheDirectory()
    {
        await using var app = await StartAsync();
        await app.Slapd.ModifyAsync(
            $"dn: {People.Name("anna")}\nchangetype: modrdn\nnewrdn: uid=annika\ndeleteoldrdn: 1\n\n"
            + $"dn: {People.Name("ben")}\nchangetype: modify\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n\n"
            + People.Deleting("chloe"));

        // The login is the record's until the next run; the entry is found by its id.
        await app.SendAsync(HttpMethod.Post, SignIn, Body("anna", "anna-secret"));
        await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body("ben", "ben-secret"));
        await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body("chloe", "chloe-secret"));
        Assert.Equal(["notInDirectory", "notInDirectory"], (await app.ItemsAsync($"api/directories/{Api.Directory}/sign-ins?outcome=notInDirectory")).Select(attempt => (string?)attempt["outcome"]));
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task SignIn_ThousandAttemptsInParallel_AreThrottled()
    {
        await using var app = await StartAsync(body => body["connection"]!["timeoutSeconds"] = 60);

        var statuses = new System.Collections.Concurrent.ConcurrentBag<int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 1000 }, async (attempt, _) =>
        {
            using var answer = await app.TrySendAsync(HttpMethod.Post, SignIn, Body("anna", $"guess-{attempt}"));
            statuses.Add((int)answer.StatusCode);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15));
            }
        });

        Assert.Equal((5, 995), (statuses.Count(status => status == 401), statuses.Count(status => status == 429)));
        var audit = await app.ItemsAsync($"api/directories/{Api.Directory}/sign-ins?pageSize=1000");
        Assert.Equal((5, 995), (audit.Count(attempt => (string?)attempt["outcome"] == "wrongPassword"), audit.Count(attempt => (string?)attempt["outcome"] == "throttled")));

        // Also with the right password, and in other letters; another login is free.
        await app.ProblemAsync(HttpStatusCode.TooManyRequests, HttpMethod.Post, SignIn, Body("Anna", "anna-secret"));
        await app.SendAsync(HttpMethod.Post, SignIn, Body("ben", "ben-secret"));
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task SignIn_ManyLoginsFromOneAddress_AreThrottledThereAndSuccessesAreNotCounted()
    {
        await using var app = await StartAsync(body => body["signIn"] = new JsonObject { ["attemptsPerAddress"] = 3 });
        for (var time = 0; time < 5; time++)
        {
            await app.SendAsync(HttpMethod.Post, SignIn, Body("anna", "anna-secret", "192.0.2.1"));
        }

        foreach (var login in new[] { "a1", "a2", "a3" })
        {
            await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body(login, "x", "192.0.2.1"));
        }

        await app.ProblemAsync(HttpStatusCode.TooManyRequests, HttpMethod.Post, SignIn, Body("ben", "ben-secret", "::ffff:192.0.2.1"));
        await app.SendAsync(HttpMethod.Post, SignIn, Body("ben", "ben-secret", "192.0.2.2"));
        Assert.Equal("192.0.2.2", (string?)(await app.ItemsAsync($"api/directories/{Api.Directory}/sign-ins"))[0]["address"]);
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task SignIn_DirectoryAway_SaysSoAndDoesNotCount()
    {
        await using var app = await StartAsync(body => body["signIn"] = new JsonObject { ["attemptsPerLogin"] = 1 });
        await app.Slapd.StopAsync();
        await app.ProblemAsync(HttpStatusCode.BadGateway, HttpMethod.Post, SignIn, Body("anna", "anna-secret"));
        await app.ProblemAsync(HttpStatusCode.BadGateway, HttpMethod.Post, SignIn, Body("nobody", "anna-secret"));
        await app.Slapd.StartAgainAsync();

        await app.SendAsync(HttpMethod.Post, SignIn, Body("anna", "anna-secret"));
        Assert.Equal(
            ["directoryFailed", "directoryFailed", "signedIn"],
            (await app.ItemsAsync($"api/directories/{Api.Directory}/sign-ins")).Select(attempt => (string?)attempt["outcome"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task SignIn_WithoutTls_OnlyWhereClearTextIsAllowed()
    {
        await using var app = await StartAsync(body =>
        {
            var connection = body["connection"]!.AsObject();
            connection["security"] = "none";
            connection["authenticationType"] = "anonymous";
            connection.Remove("trustedCertificates");
            connection.Remove("password");
        });
        await app.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, SignIn, Body("anna", "anna-secret"));
        Assert.Empty(await app.ItemsAsync($"api/directories/{Api.Directory}/sign-ins"));

        await app.ConfigureAsync(body =>
        {
            var connection = body["connection"]!.AsObject();
            connection["serverName"] = $"localhost:{app.Slapd.Port}";
            connection["security"] = "none";
            connection["allowClearText"] = true;
        });
        await app.SendAsync(HttpMethod.Post, SignIn, Body("anna", "anna-secret"));
    }

    [Fact]
    [Trait("Rule", "U3")]
    [Trait("Rule", "U4")]
    public async Task Run_LockedOutByWrongPasswords_DeactivatesOnlyWhereTheSettingsSaySo()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few(), $"ppolicy_default cn=policy,ou=svc,{Slapd.Suffix}\n");
        await app.Slapd.ModifyAsync(
            $"dn: cn=policy,ou=svc,{Slapd.Suffix}\nobjectClass: applicationProcess\nobjectClass: pwdPolicy\ncn: policy\npwdAttribute: userPassword\npwdLockout: TRUE\npwdMaxFailure: 2\n\n");
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body("anna", "wrong"));
        }

        await app.ProblemAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, SignIn, Body("anna", "anna-secret"));
        Assert.Empty(await app.ChangesAsync(await app.CompleteAsync()));

        await app.ConfigureAsync(body => body["users"]!["inactiveWhen"] = new JsonObject { ["lockedOut"] = true, ["lockoutMinutes"] = 60 });
        Assert.Contains("U3 deactivate anna active: true -> false", await app.ChangesAsync(await app.CompleteAsync()));
        await app.Slapd.ModifyAsync($"dn: {People.Name("anna")}\nchangetype: modify\ndelete: pwdAccountLockedTime\n\n");
        Assert.Contains("U4 reactivate anna active: false -> true", await app.ChangesAsync(await app.CompleteAsync()));
    }

    private static JsonObject Body(string login, string password, string? address = null)
    {
        var body = new JsonObject { ["login"] = login, ["password"] = password };
        if (address is not null)
        {
            body["clientAddress"] = address;
        }

        return body;
    }

    private async Task<Installation> StartAsync(Action<JsonObject>? settings = null)
    {
        var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync(body =>
        {
            settings?.Invoke(body);
            if ((string?)body["connection"]!["security"] == "none")
            {
                body["connection"]!["serverName"] = $"localhost:{app.Slapd.Port}";
            }
        });
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        return app;
    }
}
