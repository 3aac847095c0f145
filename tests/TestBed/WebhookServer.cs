using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LdapSync.TestBed;

/// <summary>A call as the receiver got it.</summary>
public sealed record ReceivedCall(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>A receiver of webhooks on 127.0.0.1 that keeps what it gets, and answers as the test wants.</summary>
public sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly List<ReceivedCall> calls = [];

    private WebhookServer(WebApplication app) => this.app = app;

    public int Port { get; } = Ports.Free();

    public string Url => $"http://127.0.0.1:{Port}/hooks/some-token";

    /// <summary>The status of the answer to the call with this number, from 1; it may wait.</summary>
    public Func<int, CancellationToken, Task<int>> OnCall { get; set; } = (_, _) => Task.FromResult(200);

    public IReadOnlyList<ReceivedCall> Calls
    {
        get
        {
            lock (calls)
            {
                return [.. calls];
            }
        }
    }

    public static async Task<WebhookServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = new WebhookServer(builder.Build());
        server.app.Run(server.ServeAsync);
        server.app.Urls.Add($"http://127.0.0.1:{server.Port}");
        await server.app.StartAsync().ConfigureAwait(false);
        return server;
    }

    public async Task<IReadOnlyList<ReceivedCall>> WaitForAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Calls.Count < count)
        {
            await Task.Delay(30, limit.Token).ConfigureAwait(false);
        }

        return Calls;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        int number;
        lock (calls)
        {
            calls.Add(new ReceivedCall(context.Request.Path, headers, body.ToArray()));
            number = calls.Count;
        }

        context.Response.StatusCode = await OnCall(number, context.RequestAborted).ConfigureAwait(false);
    }
}
