using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace LdapSync.TestBed;

/// <summary>
/// Stands before an Azurite's tables and blobs. It counts what is written, row by row, also inside transactions, and fails when told to.
/// </summary>
public sealed class TableProxy : IAsyncDisposable
{
    private static readonly HashSet<string> NotCopied = new(StringComparer.OrdinalIgnoreCase) { "Host", "Connection", "Transfer-Encoding", "Keep-Alive" };

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private readonly WebApplication app;
    private readonly int tablePort;
    private readonly int blobPort;
    private readonly Azurite azurite;
    private readonly Lock gate = new();
    private (FailureMode Mode, int Count, Predicate<HttpRequest>? Which) next;
    private (Predicate<HttpRequest> Which, Func<Task> What, TaskCompletionSource Done)? meanwhile;
    private long failed;
    private long transactions;
    private long blobBytesRead;
    private long blobReads;
    private long requests;
    private long largestTransaction;

    private TableProxy(Azurite azurite)
    {
        (this.azurite, tablePort, blobPort) = (azurite, Ports.Free(), Ports.Free());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(tablePort);
            kestrel.ListenLocalhost(blobPort);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    /// <summary>Of the same account, tables and blobs through this proxy.</summary>
    public string ConnectionString => Azurite.ConnectionStringFor(blobPort, azurite.QueuePort, tablePort);

    /// <summary>Rows written (inserted, replaced, merged or deleted) by table, whether or not the storage took them. Creating tables does not count.</summary>
    public ConcurrentDictionary<string, long> Writes { get; } = new(StringComparer.Ordinal);

    /// <summary>Blobs written or deleted, by container.</summary>
    public ConcurrentDictionary<string, long> BlobWrites { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests that wrote rows: a transaction or a single row.</summary>
    public long Transactions => Interlocked.Read(ref transactions);

    /// <summary>The bytes of the longest such request.</summary>
    public long LargestTransaction => Interlocked.Read(ref largestTransaction);

    /// <summary>Requests of every kind: what the storage account bills as operations.</summary>
    public long Requests => Interlocked.Read(ref requests);

    /// <summary>The bytes of all answers of the blob service.</summary>
    public long BlobBytesRead => Interlocked.Read(ref blobBytesRead);

    /// <summary>Requests that read a blob or list a container.</summary>
    public long BlobReads => Interlocked.Read(ref blobReads);

    /// <summary>Requests that failed because <see cref="FailNext"/> said so.</summary>
    public long Failed
    {
        get
        {
            lock (gate)
            {
                return failed;
            }
        }
    }

    /// <summary>How every request fails from now on.</summary>
    public FailureMode Fail { get; set; }

    /// <summary>How long every request waits first.</summary>
    public TimeSpan Delay { get; set; }

    public static async Task<TableProxy> StartAsync(Azurite azurite)
    {
        var proxy = new TableProxy(azurite);
        await proxy.app.StartAsync().ConfigureAwait(false);
        return proxy;
    }

    /// <summary>Rows written to the tables whose name ends so.</summary>
    public long WritesTo(string nameEnd) => Writes.Where(table => table.Key.EndsWith(nameEnd, StringComparison.Ordinal)).Sum(table => table.Value);

    /// <summary>Fails the next requests, only those that <paramref name="which"/> picks.</summary>
    public void FailNext(FailureMode mode, int count = 1, Predicate<HttpRequest>? which = null)
    {
        lock (gate)
        {
            next = (mode, count, which);
        }
    }

    /// <summary>Has something happen just before the next request that <paramref name="which"/> picks goes on: what people do while the app works.</summary>
    /// <returns>Ends with <paramref name="what"/>.</returns>
    public Task Meanwhile(Predicate<HttpRequest> which, Func<Task> what)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            meanwhile = (which, what, done);
        }

        return done.Task;
    }

    /// <summary>Tables that a request writes rows to, in the order of its rows; for predicates.</summary>
    public static IReadOnlyList<string> WrittenBy(HttpRequest request) => (IReadOnlyList<string>?)request.HttpContext.Items[nameof(WrittenBy)] ?? [];

    /// <summary>Forgets all counts and failures.</summary>
    public void Reset()
    {
        Writes.Clear();
        BlobWrites.Clear();
        Interlocked.Exchange(ref transactions, 0);
        Interlocked.Exchange(ref largestTransaction, 0);
        Interlocked.Exchange(ref blobBytesRead, 0);
        Interlocked.Exchange(ref blobReads, 0);
        Interlocked.Exchange(ref requests, 0);
        (Fail, Delay) = (FailureMode.None, TimeSpan.Zero);
        FailNext(FailureMode.None, 0);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync().ConfigureAwait(false);
        http.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var isBlob = context.Connection.LocalPort == blobPort;
        Count(context.Request, body.ToArray(), isBlob);
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, context.RequestAborted).ConfigureAwait(false);
        }

        await HappenAsync(context.Request).ConfigureAwait(false);
        var failure = NextFailure(context.Request);
        if (failure is FailureMode.Unavailable or FailureMode.Forbidden)
        {
            context.Response.StatusCode = failure == FailureMode.Unavailable ? 503 : 403;
            return;
        }

        if (failure == FailureMode.Stall)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            return;
        }

        if (failure == FailureMode.Cut)
        {
            context.Abort();
            return;
        }

        using var answer = await ForwardAsync(context, body.ToArray(), isBlob ? azurite.BlobPort : azurite.TablePort).ConfigureAwait(false);
        if (failure == FailureMode.LoseAnswer)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !NotCopied.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        var content = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted).ConfigureAwait(false);
        Interlocked.Add(ref blobBytesRead, isBlob ? content.Length : 0);
        if (content.Length > 0 && context.Request.Method != "HEAD")
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private Task<HttpResponseMessage> ForwardAsync(HttpContext context, byte[] body, int port)
    {
        // The address goes on as it came: keys in it are escaped, and signed that way.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var address = new Uri($"http://127.0.0.1:{port}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), address) { Version = HttpVersion.Version11 };
        if (body.Length > 0 || context.Request.ContentLength is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => !NotCopied.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return http.SendAsync(request, context.RequestAborted);
    }

    private void Count(HttpRequest request, byte[] body, bool isBlob)
    {
        Interlocked.Increment(ref requests);
        if (isBlob)
        {
            Interlocked.Add(ref blobReads, request.Method == "GET" ? 1 : 0);
            if (request.Method is "PUT" or "DELETE" && !request.Query.ContainsKey("restype"))
            {
                BlobWrites.AddOrUpdate(RequestCounting.Segment(request.Path, 2), 1, (_, count) => count + 1);
            }

            return;
        }

        var rows = RequestCounting.RowsWritten(request.Method, request.Path, body);
        request.HttpContext.Items[nameof(WrittenBy)] = rows;
        foreach (var table in rows)
        {
            Writes.AddOrUpdate(table, 1, (_, count) => count + 1);
        }

        if (rows.Count > 0)
        {
            Interlocked.Increment(ref transactions);
            lock (gate)
            {
                largestTransaction = Math.Max(largestTransaction, body.Length);
            }
        }
    }

    private async Task HappenAsync(HttpRequest request)
    {
        (Predicate<HttpRequest> Which, Func<Task> What, TaskCompletionSource Done)? now;
        lock (gate)
        {
            now = meanwhile?.Which(request) == true ? meanwhile : null;
            meanwhile = now is null ? meanwhile : null;
        }

        try
        {
            await (now?.What() ?? Task.CompletedTask).ConfigureAwait(false);
            now?.Done.SetResult();
        }
#pragma warning disable CA1031 // The test is told, by the task.
        catch (Exception e)
#pragma warning restore CA1031
        {
            now!.Value.Done.SetException(e);
        }
    }

    private FailureMode NextFailure(HttpRequest request)
    {
        lock (gate)
        {
            if (next.Count > 0 && next.Which?.Invoke(request) != false)
            {
                next.Count--;
                failed++;
                return next.Mode;
            }

            return Fail;
        }
    }
}
