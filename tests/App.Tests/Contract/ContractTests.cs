using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using LdapSync.App.Api;
using LdapSync.App.Sync;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace LdapSync.App.Tests.Contract;

/// <summary>The description of the API, its keys, and how the functions are made.</summary>
public sealed class ContractTests(Emulator emulator) : IClassFixture<Emulator>
{
    [Fact]
    public async Task OpenApi_Served_DescribesEveryRouteAndEachAnswers()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        var document = await app.GetAsync("api/openapi.json");
        var described = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key} {path.Key}"))
            .ToHashSet(StringComparer.Ordinal);

        var routes = OpenApiDocument.Functions(typeof(RunLdapSynchronization).Assembly)
            .SelectMany(function => function.Trigger.Methods!.Select(method => $"{method} /api/{function.Trigger.Route}"))
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(routes.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));

        foreach (var route in routes)
        {
            var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
            var address = System.Text.RegularExpressions.Regex.Replace(path, @"\{[A-Za-z]+\}", "unknown").TrimStart('/');
            using var answer = await app.TrySendAsync(new HttpMethod(method.ToUpperInvariant()), address);
            Assert.True((int)answer.StatusCode < 500, $"{route}: {answer.StatusCode}");
            if (!answer.IsSuccessStatusCode)
            {
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            }
        }
    }

    [Fact]
    public async Task Functions_WithoutKey_AnswerOnlyDescriptionAndHealth()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        using var stranger = new HttpClient { BaseAddress = app.Host.BaseAddress };

        foreach (var (_, name, trigger, _) in OpenApiDocument.Functions(typeof(RunLdapSynchronization).Assembly))
        {
            var address = System.Text.RegularExpressions.Regex.Replace($"api/{trigger.Route}", @"\{[A-Za-z]+\}", "unknown");
            using var request = new HttpRequestMessage(new HttpMethod(trigger.Methods![0].ToUpperInvariant()), new Uri(address, UriKind.Relative));
            using var answer = await stranger.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(name is "GetOpenApi" or "GetHealth" or "GetLive" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public void Orchestrators_AllOfThem_AreStaticAndHoldNothing()
    {
        var orchestrators = typeof(RunLdapSynchronization).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.GetParameters().Any(parameter => parameter.IsDefined(typeof(OrchestrationTriggerAttribute))))
            .ToList();

        Assert.Equal(2, orchestrators.Count);
        Assert.All(orchestrators, method => Assert.True(method.IsStatic));
        Assert.All(orchestrators, method => Assert.Empty(method.DeclaringType!.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)));
    }

    [Fact]
    public async Task Secrets_AfterRuns_AreInNoTableNoBlobAndNoAnswer()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        await app.CompleteAsync();
        await app.Slapd.StopAsync();
        await app.SyncAsync();

        var storage = emulator.Azurite.ConnectionString;
        await foreach (var table in new Azure.Data.Tables.TableServiceClient(storage).QueryAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            await foreach (var row in new Azure.Data.Tables.TableClient(storage, table.Name).QueryAsync<Azure.Data.Tables.TableEntity>(cancellationToken: TestContext.Current.CancellationToken))
            {
                Assert.DoesNotContain(row.Select(property => property.Value).OfType<string>(), value => value.Contains(LdapSync.TestBed.Slapd.ReaderPassword, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task History_AfterARun_HoldsNoPersonalData()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        await app.ConfigureAsync();
        await app.LinkAsync("staff");
        var run = await app.CompleteAsync();

        foreach (var id in new[] { SyncStarter.InstanceId(Api.Directory), SynchronizeUserData.InstanceId((string)run["id"]!) })
        {
            var instance = await app.Host.Client.GetInstanceAsync(id, true, TestContext.Current.CancellationToken);
            var text = $"{instance!.SerializedInput} {instance.SerializedOutput} {instance.SerializedCustomStatus}";
            Assert.DoesNotContain("anna", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Chlo", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Body_NotJson_TellsThePlace()
    {
        await using var app = await Installation.StartAsync(emulator, People.Few());
        using var content = new StringContent("{\"name\": }", System.Text.Encoding.UTF8, "application/json");
        using var answer = await app.Http.PostAsync(new Uri("api/roles", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Line 1", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["detail"], StringComparison.Ordinal);
    }
}
