using System.Diagnostics;
using Azure.Data.Tables;
using LdapSync.TestBed;

namespace LdapSync.SyncBench;

/// <summary>What the directory and the storage can do at best, measured beside the runs.</summary>
internal static class RawLimits
{
    private const int RowsPerTransaction = 100;
    private const int ReadAtATime = 20_000;

    private static readonly string[] Tables = ["Users", "Logins", "Members"];

    /// <summary>R: ldapsearch of the users with 12 attributes, and of the linked groups' members, over TLS as the app reads. Seconds.</summary>
    public static async Task<double> ReadDirectoryAsync(Slapd slapd, BenchOptions options)
    {
        var script =
            $"""
            set -e
            search() {"{"} ldapsearch -x -LLL -o ldif-wrap=no -E pr=1000/noprompt -H {slapd.TlsUrl} -D {Slapd.ReaderName} -w {Slapd.ReaderPassword} "$@" >/dev/null; {"}"}
            search -b ou=people,{Slapd.Suffix} '(objectClass=inetOrgPerson)' entryUUID uid cn sn givenName displayName mail telephoneNumber title o employeeNumber modifyTimestamp
            search -b ou=groups,{Slapd.Suffix} '(cn<={BenchDirectory.GroupName(options.Roles - 1)})' entryUUID cn member
            """;

        // An inequality without an index is looked up entry by entry; all linked groups by name are what is wanted.
        var names = string.Concat(Enumerable.Range(0, options.Roles).Select(group => $"(cn={BenchDirectory.GroupName(group)})"));
        script = script.Replace($"(cn<={BenchDirectory.GroupName(options.Roles - 1)})", $"(|{names})", StringComparison.Ordinal);
        var clock = Stopwatch.StartNew();
        await Command.RunAsync("sh", ["-c", script], environment: new Dictionary<string, string> { ["LDAPTLS_CACERT"] = slapd.AuthorityFile });
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>S: reads the stored users, logins and memberships raw, by partition where there are many. Seconds, and rows.</summary>
    public static async Task<(double Seconds, long Rows)> ReadRecordsAsync(Azurite storage)
    {
        var rows = 0L;
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Partitions(storage), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (part, token) =>
        {
            await foreach (var _ in part.Table.QueryAsync<TableEntity>(part.Filter, cancellationToken: token))
            {
                Interlocked.Increment(ref rows);
            }
        });
        return (clock.Elapsed.TotalSeconds, rows);
    }

    /// <summary>W: inserts the same entities into an empty storage in transactions of 100. Seconds; reading them is not counted.</summary>
    public static async Task<double> WriteRecordsAsync(Azurite from, int parallel)
    {
        await using var to = await Azurite.StartAsync();
        var service = new TableServiceClient(to.ConnectionString);
        var clock = new Stopwatch();
        foreach (var name in Tables)
        {
            var target = service.GetTableClient(Installation.Prefix + name);
            await target.CreateAsync();
            var source = new TableServiceClient(from.ConnectionString).GetTableClient(Installation.Prefix + name);
            var waiting = new List<TableEntity>();
            await foreach (var row in source.QueryAsync<TableEntity>())
            {
                waiting.Add(new TableEntity(row.Where(field => field.Key is not ("odata.etag" or "Timestamp")).ToDictionary(field => field.Key, field => field.Value)));
                if (waiting.Count == ReadAtATime)
                {
                    await InsertAsync(target, waiting, parallel, clock);
                }
            }

            await InsertAsync(target, waiting, parallel, clock);
        }

        return clock.Elapsed.TotalSeconds;
    }

    private static async Task InsertAsync(TableClient table, List<TableEntity> rows, int parallel, Stopwatch clock)
    {
        var batches = rows.GroupBy(row => row.PartitionKey).SelectMany(partition => partition.Chunk(RowsPerTransaction)).ToList();
        clock.Start();
        await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (batch, token) =>
            await table.SubmitTransactionAsync(batch.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)), token));
        clock.Stop();
        rows.Clear();
    }

    private static IEnumerable<(TableClient Table, string? Filter)> Partitions(Azurite storage)
    {
        var service = new TableServiceClient(storage.ConnectionString);
        foreach (var name in Tables)
        {
            var table = service.GetTableClient(Installation.Prefix + name);
            for (var bucket = 0; name == "Users" && bucket < 256; bucket++)
            {
                yield return (table, $"PartitionKey eq '{bucket:x2}'");
            }

            if (name != "Users")
            {
                yield return (table, null);
            }
        }
    }
}
