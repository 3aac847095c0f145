using System.Text.Json;
using Azure.Data.Tables;
using LdapSync.TestBed;

namespace LdapSync.SyncBench;

/// <summary>The calls of one activity in a run.</summary>
/// <param name="Name">Of the function.</param>
/// <param name="Calls">How many.</param>
/// <param name="Begin">When the first was asked for, in seconds since the orchestration began.</param>
/// <param name="End">When the orchestration saw the last end.</param>
internal sealed record ActivityTime(string Name, int Calls, double Begin, double End);

/// <summary>What the orchestration that does the work of a run has behind it.</summary>
/// <param name="Events">What the Durable Functions history would hold: begin and end of each step, what came in, what was asked for.</param>
/// <param name="Activities">In order of their begin.</param>
internal sealed record History(int Events, IReadOnlyList<ActivityTime> Activities)
{
    public static async Task<History> ReadAsync(Azurite storage, TimedRun run)
    {
        var table = new TableServiceClient(storage.ConnectionString).GetTableClient(Installation.Prefix + "LocalInstances");
        var instance = $"data-{run.Run["id"]}";
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

        var records = steps.Values.Select(step => JsonDocument.Parse(step.ToArray()).RootElement).ToList();
        return new History(records.Sum(record => 2 + Items(record, "Events").Count + Items(record, "Actions").Count), Times(records));
    }

    /// <summary>One line: where the time went.</summary>
    public override string ToString() => string.Join(", ", Activities.Select(activity =>
        $"{activity.Name}{(activity.Calls > 1 ? $" x{activity.Calls}" : "")} {Report.Text(activity.Begin)}-{Report.Text(activity.End)}"));

    private static List<ActivityTime> Times(List<JsonElement> records)
    {
        var asked = new Dictionary<int, (string Name, DateTime At)>();
        var calls = new List<(string Name, DateTime Begin, DateTime End)>();
        foreach (var record in records)
        {
            var time = record.GetProperty("Time").GetDateTime();
            foreach (var done in Items(record, "Events"))
            {
                if (asked.Remove(Number(done), out var call))
                {
                    calls.Add((call.Name, call.At, time));
                }
            }

            foreach (var action in Items(record, "Actions"))
            {
                if (action.TryGetProperty("Name", out var name))
                {
                    asked[Number(action)] = (name.GetString()!, time);
                }
            }
        }

        var begin = records.Count == 0 ? default : records[0].GetProperty("Time").GetDateTime();
        return [.. calls.GroupBy(call => call.Name)
            .Select(same => new ActivityTime(same.Key, same.Count(), (same.Min(call => call.Begin) - begin).TotalSeconds, (same.Max(call => call.End) - begin).TotalSeconds))
            .OrderBy(activity => activity.Begin).ThenBy(activity => activity.End)];
    }

    private static int Number(JsonElement item) => item.TryGetProperty("Id", out var id) ? id.GetInt32() : 0;

    private static List<JsonElement> Items(JsonElement record, string list) => record.TryGetProperty(list, out var items) ? [.. items.EnumerateArray()] : [];
}
