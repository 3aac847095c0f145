using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LdapSync.App.Api;
using LdapSync.App.Callers;
using LdapSync.App.Sync;
using LdapSync.TestBed;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace LdapSync.App.Tests.Callers;

/// <summary>Route by role: what docs/access.md says is what happens, with App Service authentication and with keys.</summary>
public sealed partial class AccessTests(Emulator emulator) : IClassFixture<Emulator>
{
    private static readonly Access[] Roles = [Access.Anybody, Access.Reader, Access.Operator, Access.Administrator];

    private static readonly string Document = Path.Combine(Repository.Root, "docs", "access.md");

    /// <summary>After a new function: run this test with <c>WRITE_ACCESS_TABLE=1</c>, and look at what it wrote.</summary>
    [Fact]
    public void Table_InTheDocuments_IsWhatTheFunctionsSay()
    {
        var rows = OpenApiDocument.Functions(typeof(RunLdapSynchronization).Assembly)
            .Where(function => function.Description is not null)
            .SelectMany(function => function.Trigger.Methods!.Select(method => (Route: $"/api/{function.Trigger.Route}", Method: method.ToUpperInvariant(), function.Description!.Access)))
            .OrderBy(row => row.Route, StringComparer.Ordinal).ThenBy(row => row.Method, StringComparer.Ordinal)
            .Select(row => $"| `{row.Method} {row.Route}` | {Allowed(row.Access, Access.Anybody)} | {Allowed(row.Access, Access.Reader)} | {Allowed(row.Access, Access.Operator)} | yes |");
        var table = string.Join('\n', rows);
        var text = File.ReadAllText(Document);
        var written = TablePattern().Replace(text, match => $"{match.Groups[1].Value}{table}{match.Groups[3].Value}");
        if (Environment.GetEnvironmentVariable("WRITE_ACCESS_TABLE") == "1")
        {
            File.WriteAllText(Document, written);
            text = written;
        }

        Assert.Equal(table, TablePattern().Match(text).Groups[2].Value);

        static string Allowed(Access needed, Access role) => role >= needed ? "yes" : "";
    }

    [Fact]
    public void Functions_ThatAnybodyMayCall_AreTheseOnly()
    {
        var open = OpenApiDocument.Functions(typeof(RunLdapSynchronization).Assembly)
            .Where(function => function.Trigger.AuthLevel == AuthorizationLevel.Anonymous || function.Description?.Access == Access.Anybody)
            .Select(function => function.Name)
            .Order(StringComparer.Ordinal);

        Assert.Equal(["GetHealth", "GetLive", "GetOpenApi"], open);
    }

    [Fact]
    public async Task Routes_WithAppServiceAuthentication_OpenToTheirRoleAndThoseAbove()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few(), settings: AppService);
        foreach (var (_, name, trigger, description) in OpenApiDocument.Functions(typeof(RunLdapSynchronization).Assembly))
        {
            foreach (var method in trigger.Methods!)
            {
                foreach (var role in Roles)
                {
                    using var answer = await CallAsync(app, method, trigger.Route!, Principal(role == Access.Anybody ? [] : [role.ToString()]));
                    Assert.True(description!.Access <= role == answer.StatusCode is not HttpStatusCode.Forbidden, $"{name} as {role}: {answer.StatusCode}");
                    Assert.NotEqual(HttpStatusCode.Unauthorized, answer.StatusCode);
                    if (answer.StatusCode == HttpStatusCode.Forbidden)
                    {
                        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
                    }
                }
            }
        }
    }

    [Fact]
    public async Task Routes_WithAppServiceAuthenticationAndNoPrincipal_AreRefusedEvenWithTheKey()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few(), settings: AppService);
        foreach (var (_, name, trigger, description) in OpenApiDocument.Functions(typeof(RunLdapSynchronization).Assembly))
        {
            using var answer = await CallAsync(app, trigger.Methods![0], trigger.Route!, principal: null);
            Assert.True((answer.StatusCode == HttpStatusCode.Unauthorized) == (description!.Access != Access.Anybody), $"{name}: {answer.StatusCode}");
        }
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "not Base64", "%%%" },
        { "not JSON", Base64("administrator") },
        { "no object", Base64("[]") },
        { "no claims", Base64("""{"auth_typ":"aad"}""") },
        { "claims without values", Base64("""{"auth_typ":"aad","claims":[{"typ":"roles"}]}""") },
        { "another provider", Principal(["Administrator"], provider: "github") },
        { "no object id", Principal(["Administrator"], id: null) },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void Principal_Unusable_IsNobody(string what, string header)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers[AppServicePrincipal.Header] = header;
        Assert.True(AppServicePrincipal.Find(context.Request) is null, what);
    }

    [Fact]
    public void Principal_TwiceInTheHeaders_IsNobody()
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers[AppServicePrincipal.Header] = new[] { Principal(["Reader"]), Principal(["Administrator"]) };
        Assert.Null(AppServicePrincipal.Find(context.Request));
    }

    [Theory]
    [InlineData("Administrator", Access.Administrator)]
    [InlineData("Reader,Operator", Access.Operator)]
    [InlineData("reader", Access.Anybody)]
    [InlineData("Owner", Access.Anybody)]
    [InlineData("3", Access.Anybody)]
    [InlineData("", Access.Anybody)]
    public void Principal_WithRoles_HasTheHighestThatIsOurs(string roles, Access expected)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers[AppServicePrincipal.Header] = Principal(roles.Split(',', StringSplitOptions.RemoveEmptyEntries));
        var caller = AppServicePrincipal.Find(context.Request);

        Assert.Equal(new Caller("6e0c1a50-0000-4000-8000-000000000001", "ada@example.test", expected), caller);
    }

    [Fact]
    public async Task Principal_WithKeysOnly_IsNotBelieved()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        using var stranger = new HttpClient { BaseAddress = app.Host.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/roles", UriKind.Relative));
        request.Headers.Add(AppServicePrincipal.Header, Principal(["Administrator"]));
        using var answer = await stranger.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task SignIn_SwitchedOffByAppService_RefusesEverybody()
    {
        var settings = new Dictionary<string, string?>(AppService) { ["WEBSITE_AUTH_ENABLED"] = "False" };
        await using var app = await Installation.StartAsync(emulator, People.Few(), settings: settings);
        using var answer = await CallAsync(app, "get", "roles", Principal(["Administrator"]));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task Run_StartedByAPerson_NamesHimAndByTheTimerNobody()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few(), settings: AppService);
        app.Http.DefaultRequestHeaders.Add(AppServicePrincipal.Header, Principal(["Administrator"]));
        await app.ConfigureAsync();
        var run = await app.CompleteAsync();

        Assert.Equal("ada@example.test", (string?)run["startedBy"]);
    }

    [Theory]
    [InlineData("Reader", false, false)]
    [InlineData("Operator", true, false)]
    [InlineData("Administrator", true, true)]
    public async Task Pages_ThatAskTheDirectory_AskForWhomTheyAre(string role, bool mayExplain, bool mayBind)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few(), settings: AppService);
        app.Http.DefaultRequestHeaders.Add(AppServicePrincipal.Header, Principal(["Administrator"]));
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        var user = (string?)(await app.SendAsync(HttpMethod.Post, "api/users", new JsonObject { ["login"] = "guest", ["fullName"] = "Guest" }))["id"];
        app.Http.DefaultRequestHeaders.Remove(AppServicePrincipal.Header);
        app.Http.DefaultRequestHeaders.Add(AppServicePrincipal.Header, Principal([role]));

        foreach (var (path, found, mayAsk) in new[]
        {
            ($"api/manage/setup/{Installation.Directory}/explain?login=anna", "anna@example.test", mayExplain),
            ($"api/manage/users/{user}?directory={Installation.Directory}&person=anna", "Anna Adler", mayBind),
            ($"api/manage/roles/staff?directory={Installation.Directory}&group=project", "cn=project", mayBind),
        })
        {
            using var answer = await app.TrySendAsync(HttpMethod.Get, path);
            var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(mayAsk == page.Contains(found, StringComparison.Ordinal), $"{path}: {(int)answer.StatusCode} {page}");
            Assert.Equal(mayAsk || !path.Contains("explain", StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("cross-site", true)]
    [InlineData("same-site", true)]
    [InlineData("cross-site", false)]
    public async Task Form_FromAnotherSite_IsNeitherServedNorOfferedAgain(string site, bool isKnown)
    {
        await using var app = await Installation.StartAsync(emulator, People.Few(), settings: isKnown ? AppService : null);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"api/manage/setup/{Installation.Directory}", UriKind.Relative))
        {
            Content = new FormUrlEncodedContent([new("do", "test"), new("connection.serverName", "elsewhere.example")]),
        };
        request.Headers.Add("Sec-Fetch-Site", site);
        if (isKnown)
        {
            request.Headers.Add(AppServicePrincipal.Header, Principal(["Administrator"]));
        }

        using var answer = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.DoesNotContain("elsewhere.example", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void SignIn_SetToSomethingElse_StopsTheStart()
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { ["Access:SignIn"] = "none" };
        Assert.Throws<InvalidOperationException>(() => CallerOptions.Read(configuration));
    }

    internal static Dictionary<string, string?> AppService => new() { ["Access__SignIn"] = "appService" };

    /// <summary>As App Service sends it.</summary>
    internal static string Principal(string[] roles, string provider = "aad", string? id = "6e0c1a50-0000-4000-8000-000000000001")
    {
        var claims = new JsonArray();
        foreach (var role in roles)
        {
            claims.Add((JsonNode)new JsonObject { ["typ"] = "roles", ["val"] = role });
        }

        claims.Add((JsonNode)new JsonObject { ["typ"] = "preferred_username", ["val"] = "ada@example.test" });
        if (id is not null)
        {
            claims.Add((JsonNode)new JsonObject { ["typ"] = "http://schemas.microsoft.com/identity/claims/objectidentifier", ["val"] = id });
        }

        return Base64(new JsonObject { ["auth_typ"] = provider, ["claims"] = claims, ["name_typ"] = "name", ["role_typ"] = "roles" }.ToJsonString());
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<HttpResponseMessage> CallAsync(Installation app, string method, string route, string? principal)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), new Uri($"api/{Parameter().Replace(route, "unknown")}", UriKind.Relative));
        if (principal is not null)
        {
            request.Headers.Add(AppServicePrincipal.Header, principal);
        }

        return await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(<!-- routes -->\n.*?\|---\|[-|]*\n)(.*?)(\n<!-- end of routes -->)", RegexOptions.Singleline)]
    private static partial Regex TablePattern();
}
