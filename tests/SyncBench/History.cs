using System.Text.Json;
using Azure.Data.Tables;
using LdapSync.TestBed;

namespace LdapSync.SyncBench;

/// <summary>Counts what the Durable Functions history of a run would hold: begin and end of each step, what came in, what was asked for.</summary>
internal static class History
{
    public static async Task<int> CountAsync(Azurite storage, string runId)
    {
        var table = new TableServiceClient(storage.ConnectionString).GetTableClient(Installation.Prefix + "LocalInstances");
        var instance = $"data-{runId}";
        var steps = new SortedDictionary<string, MemoryStream>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAsync<TableEntity>(row => row.PartitionKey == instance && row.RowKey.CompareTo("h") >= 0 && row.RowKey.CompareTo("i") < 0))
        {
            var step = row.RowKey[..row.RowKey.LastIndexOf('.')];
            if (!steps.TryGetValue(step, out var bytes))
            {
                steps[step] = bytes = new MemoryStream();
            }

            for (var piece = 0; row.GetBinary($"D{piece:D2}") is { } content; piece++)
            {
                bytes.Write(content);
            }
        }

        return steps.Values.Sum(step =>
        {
            using var record = JsonDocument.Parse(step.ToArray());
            return 2 + Length(record.RootElement, "Events") + Length(record.RootElement, "Actions");
        });
    }

    private static int Length(JsonElement record, string list) => record.TryGetProperty(list, out var items) ? items.GetArrayLength() : 0;
}
