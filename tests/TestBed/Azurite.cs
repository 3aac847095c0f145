using System.Net;

namespace LdapSync.TestBed;

/// <summary>An Azure Storage emulator of one's own, in memory, on free ports.</summary>
public sealed class Azurite : IAsyncDisposable
{
    // The emulator's published account; see the Azurite documentation.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly ServerProcess process;
    private readonly TemporaryFolder folder;

    private Azurite(ServerProcess process, TemporaryFolder folder, int blobPort, int queuePort, int tablePort)
    {
        this.process = process;
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
        var program = Path.Combine(Repository.Root, "tests", "node_modules", ".bin", "azurite");
        if (!File.Exists(program))
        {
            throw new FileNotFoundException("Azurite is not installed: run './dev setup'.", program);
        }

        var folder = Repository.NewFolder("azurite");
        var (blob, queue, table) = (Ports.Free(), Ports.Free(), Ports.Free());
        List<string> arguments =
        [
            "--silent", "--disableTelemetry", "--skipApiVersionCheck",
            "--blobPort", $"{blob}", "--queuePort", $"{queue}", "--tablePort", $"{table}",
        ];
        arguments.AddRange(inMemory ? ["--inMemoryPersistence"] : ["--location", folder.Path]);

        var process = ServerProcess.Start(program, arguments, folder.Path);
        var azurite = new Azurite(process, folder, blob, queue, table);
        using var http = new HttpClient();
        foreach (var port in new[] { blob, queue, table })
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

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync().ConfigureAwait(false);
        folder.Dispose();
    }
}
