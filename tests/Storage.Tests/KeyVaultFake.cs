using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using LdapSync.Storage.Secrets;
using LdapSync.TestBed;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LdapSync.Storage.Tests;

/// <summary>A key vault over HTTPS as far as secrets go: the challenge for a token, soft delete, recovery, and throttling on demand.</summary>
internal sealed class KeyVaultFake : IAsyncDisposable
{
    private const string AccessToken = "made-up-token";

    private readonly WebApplication app;
    private readonly X509Certificate2 certificate = Certificate();
    private readonly int port = Ports.Free();

    private KeyVaultFake()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(certificate)));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public Dictionary<string, string> Secrets { get; } = [];

    public Dictionary<string, string> Deleted { get; } = [];

    public int Requests { get; private set; }

    public int Unauthorized { get; private set; }

    /// <summary>This many requests are answered with this status.</summary>
    public (int Count, int Status) Refuse { get; set; }

    /// <summary>What <see cref="Refuse"/> says in <c>Retry-After</c>, in seconds.</summary>
    public int? RetryAfter { get; set; }

    /// <summary>This many writes, deletions and recoveries find an earlier one of the same name under way.</summary>
    public (int Count, string Code) UnderWay { get; set; }

    public static async Task<KeyVaultFake> StartAsync()
    {
        var fake = new KeyVaultFake();
        await fake.app.StartAsync();
        return fake;
    }

    public ISecretStore Connect(TimeProvider time)
    {
        // The fake is not below the domain that its challenge names, and its certificate is its own.
        var options = KeyVaultSecretStore.Harden(new SecretClientOptions { DisableChallengeResourceVerification = true });
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint };
        options.Transport = new HttpClientTransport(handler);
        return new KeyVaultSecretStore(new SecretClient(new Uri($"https://127.0.0.1:{port}/"), new FixedToken(), options), time);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests++;
        if (context.Request.Headers.Authorization != $"Bearer {AccessToken}")
        {
            Unauthorized++;
            context.Response.Headers.WWWAuthenticate = "Bearer authorization=\"https://login.microsoftonline.com/tenant\", resource=\"https://vault.azure.net\"";
            context.Response.StatusCode = 401;
            return;
        }

        if (Refuse.Count > 0)
        {
            Refuse = (Refuse.Count - 1, Refuse.Status);
            context.Response.StatusCode = Refuse.Status;
            context.Response.Headers.RetryAfter = $"{RetryAfter}";
            return;
        }

        var path = context.Request.Path.Value!.Trim('/').Split('/');
        var (status, body) = (context.Request.Method, path) switch
        {
            (not "GET", _) when IsUnderWay() => Error(409, "Conflict", UnderWay.Code),
            ("GET", ["secrets", var name, ..]) => Secrets.TryGetValue(name, out var value) ? (200, Bundle(name, value)) : Error(404, "SecretNotFound"),
            ("PUT", ["secrets", var name]) => Put(name, await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)),
            ("DELETE", ["secrets", var name]) => Move(Secrets, Deleted, name),
            ("GET", ["deletedsecrets", var name]) => Deleted.TryGetValue(name, out var value) ? (200, Bundle(name, value)) : Error(404, "SecretNotFound"),
            ("POST", ["deletedsecrets", var name, "recover"]) => Move(Deleted, Secrets, name),
            _ => Error(400, "BadParameter"),
        };
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(body);
    }

    private (int Status, object Body) Put(string name, JsonElement body)
    {
        if (Deleted.ContainsKey(name))
        {
            return Error(409, "Conflict", "ObjectIsDeletedButRecoverable");
        }

        Secrets[name] = body.GetProperty("value").GetString()!;
        return (200, Bundle(name, Secrets[name]));
    }

    private (int Status, object Body) Move(Dictionary<string, string> from, Dictionary<string, string> to, string name)
    {
        if (!from.Remove(name, out var value))
        {
            return Error(404, "SecretNotFound");
        }

        to[name] = value;
        return (200, Bundle(name, value));
    }

    private object Bundle(string name, string value) => new { id = $"https://127.0.0.1:{port}/secrets/{name}/1", value, attributes = new { enabled = true } };

    private bool IsUnderWay()
    {
        UnderWay = (UnderWay.Count - 1, UnderWay.Code);
        return UnderWay.Count >= 0;
    }

    private static (int Status, object Body) Error(int status, string code, string? inner = null) =>
        (status, new { error = new { code, message = code, innererror = inner is null ? null : new { code = inner } } });

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class FixedToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(AccessToken, DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
