using System.Net;

namespace LdapSync.TestBed;

/// <summary>
/// An Azure Storage emulator of one's own, in memory, on free ports. Blobs and tables are a process each, as they do not wait for one another in Azure
/// either: one process of the emulator answers everything in one thread.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    // The emulator's published account; see the Azurite documentation.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly IReadOnlyList<ServerProcess> processes;
    private readonly TemporaryFolder folder;

    private Azurite(IReadOnlyList<ServerProcess> processes, TemporaryFolder folder, int blobPort, int queuePort, int tablePort)
    {
        this.processes = processes;
        this.folder = folder;
        (BlobPort, QueuePort, TablePort) = (blobPort, queuePort, tablePort);
    }

    public int BlobPort { get; }

    public int QueuePort { get; }

    public int TablePort { get; }

    public string ConnectionString => ConnectionStringFor(BlobPort, QueuePort, TablePort);

    /// <summary>A connection string of the same account through other ports, e.g. those of a proxy that counts or fails.</summary>
    public static string ConnectionStringFor(int blobPort, int queuePort, int tablePort) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
        + $"BlobEndpoint=http://127.0.0.1:{blobPort}/{Account};QueueEndpoint=http://127.0.0.1:{queuePort}/{Account};"
        + $"TableEndpoint=http://127.0.0.1:{tablePort}/{Account};";

    public static async Task<Azurite> StartAsync(bool inMemory = true)
    {
        var folder = Repository.NewFolder("azurite");
        var (blob, queue, table) = (Ports.Free(), Ports.Free(), Ports.Free());
        string[] where = inMemory ? ["--inMemoryPersistence"] : ["--location", folder.Path];

        // Nothing here uses queues; their address is for those who check a whole connection string.
        (ServerProcess Process, int Port)[] services =
        [
            (StartService("blob", blob, where, folder.Path), blob),
            (StartService("table", table, where, folder.Path), table),
        ];
        var azurite = new Azurite([.. services.Select(service => service.Process)], folder, blob, queue, table);
        using var http = new HttpClient();
        foreach (var (process, port) in services)
        {
            await process.WaitUntilReadyAsync(async () =>
            {
                try
                {
                    using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/{Account}")).ConfigureAwait(false);
                    return answer.StatusCode != HttpStatusCode.OK || answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }).ConfigureAwait(false);
        }

        return azurite;
    }

    private static ServerProcess StartService(string service, int port, string[] where, string folder)
    {
        var program = Path.Combine(Repository.Root, "tests", "node_modules", ".bin", $"azurite-{service}");
        if (!File.Exists(program))
        {
            throw new FileNotFoundException("Azurite is not installed: run './dev setup'.", program);
        }

        return ServerProcess.Start(program, ["--silent", "--disableTelemetry", "--skipApiVersionCheck", $"--{service}Port", $"{port}", .. where], folder);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }

        folder.Dispose();
    }
}
