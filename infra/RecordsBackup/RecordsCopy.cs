using System.IO.Compression;
using System.Text;
using Azure.Data.Tables;

namespace LdapSync.RecordsBackup;

/// <summary>Copies the tables with one prefix to a folder, a compressed file per table, and back.</summary>
public sealed class RecordsCopy(TableServiceClient service, string prefix)
{
    private const string Extension = ".jsonl.gz";

    // A transaction takes 100 operations and 4 MiB; a line of JSON is longer than the entity on the wire.
    private const int MostOperations = 100;
    private const int MostCharacters = 1_500_000;

    /// <summary>Writes every table into an empty folder.</summary>
    /// <returns>Entities by table, named without the prefix.</returns>
    /// <exception cref="InvalidOperationException">The folder has files already, or there is no table with the prefix.</exception>
    public async Task<IReadOnlyDictionary<string, long>> ExportAsync(string folder, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        if (Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new InvalidOperationException($"The folder {folder} is not empty: a backup goes into a folder of its own.");
        }

        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await foreach (var table in service.QueryAsync(cancellationToken: cancellationToken))
        {
            if (table.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                var name = table.Name[prefix.Length..];
                counts[name] = await WriteAsync(service.GetTableClient(table.Name), Path.Combine(folder, name + Extension), cancellationToken);
            }
        }

        return counts.Count > 0 ? counts : throw new InvalidOperationException($"There is no table whose name begins with {prefix}.");
    }

    /// <summary>Reads a folder back into tables that are empty or do not exist.</summary>
    /// <returns>Entities by table, named without the prefix.</returns>
    /// <exception cref="InvalidOperationException">A table has entities, or the folder has no backup; nothing was written.</exception>
    public async Task<IReadOnlyDictionary<string, long>> ImportAsync(string folder, CancellationToken cancellationToken = default)
    {
        var files = Directory.GetFiles(folder, "*" + Extension).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            throw new InvalidOperationException($"The folder {folder} has no backup: files end with {Extension}.");
        }

        foreach (var file in files)
        {
            await ThrowUnlessEmptyAsync(TableOf(file), cancellationToken);
        }

        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            counts[NameOf(file)] = await ReadAsync(file, TableOf(file), cancellationToken);
        }

        return counts;
    }

    private static async Task<long> WriteAsync(TableClient table, string file, CancellationToken cancellationToken)
    {
        await using var target = new GZipStream(File.Create(file), CompressionLevel.Optimal);
        await using var writer = new StreamWriter(target, new UTF8Encoding(false));
        var count = 0L;
        await foreach (var entity in table.QueryAsync<TableEntity>(cancellationToken: cancellationToken))
        {
            await writer.WriteLineAsync(EntityLine.Write(entity).AsMemory(), cancellationToken);
            count++;
        }

        return count;
    }

    private static async Task<long> ReadAsync(string file, TableClient table, CancellationToken cancellationToken)
    {
        await table.CreateIfNotExistsAsync(cancellationToken);
        await using var source = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(source, Encoding.UTF8);
        var batch = new List<TableTransactionAction>();
        var (partition, characters, count) = ("", 0, 0L);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var entity = EntityLine.Read(line);
            if (batch.Count == MostOperations || characters + line.Length > MostCharacters || entity.PartitionKey != partition)
            {
                await SubmitAsync();
            }

            batch.Add(new TableTransactionAction(TableTransactionActionType.Add, entity));
            (partition, characters, count) = (entity.PartitionKey, characters + line.Length, count + 1);
        }

        await SubmitAsync();
        return count;

        async Task SubmitAsync()
        {
            if (batch.Count > 0)
            {
                await table.SubmitTransactionAsync(batch, cancellationToken);
                batch.Clear();
                characters = 0;
            }
        }
    }

    private static async Task ThrowUnlessEmptyAsync(TableClient table, CancellationToken cancellationToken)
    {
        await table.CreateIfNotExistsAsync(cancellationToken);
        await foreach (var _ in table.QueryAsync<TableEntity>(maxPerPage: 1, select: ["PartitionKey"], cancellationToken: cancellationToken))
        {
            throw new InvalidOperationException($"The table {table.Name} is not empty: a backup is read into empty tables only. Nothing was written.");
        }
    }

    private TableClient TableOf(string file) => service.GetTableClient(prefix + NameOf(file));

    private static string NameOf(string file) => Path.GetFileName(file)[..^Extension.Length];
}
