using Azure.Data.Tables;

namespace LdapSync.LocalRuntime.Engine;

/// <summary>
/// History records as table rows: <c>h{generation}.{step}.{row}</c>, the JSON cut into binary properties of 64 KiB, as many as keep a
/// row well under 1 MiB, then into further rows.
/// </summary>
internal static class HistoryRows
{
    public const int PropertyBytes = 64 * 1024;

    // 640 KiB, because on the wire bytes are base64 and the emulator counts those.
    private const int PropertiesPerRow = 10;

    public static string Prefix(int generation) => $"h{generation:D8}.";

    public static IEnumerable<TableEntity> Of(string instanceId, int generation, int step, StepRecord record)
    {
        var pieces = record.ToBytes().Chunk(PropertyBytes).Chunk(PropertiesPerRow).ToList();
        for (var row = 0; row < pieces.Count; row++)
        {
            var entity = new TableEntity(instanceId, $"{Prefix(generation)}{step:D8}.{row:D4}") { ["Rows"] = pieces.Count };
            for (var property = 0; property < pieces[row].Length; property++)
            {
                entity[$"D{property:D2}"] = pieces[row][property];
            }

            yield return entity;
        }
    }

    /// <param name="rows">The rows of one generation in key order. Rows beyond the committed steps, left by an ended host, are passed over.</param>
    public static List<StepRecord> ToRecords(IReadOnlyList<TableEntity> rows, int steps)
    {
        var byStep = rows.GroupBy(row => int.Parse(row.RowKey.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture));
        List<StepRecord> records = [];
        foreach (var step in byStep.Where(step => step.Key < steps).OrderBy(step => step.Key))
        {
            using var bytes = new MemoryStream();
            foreach (var row in step.Take(step.First().GetInt32("Rows")!.Value))
            {
                for (var property = 0; row.GetBinary($"D{property:D2}") is { } piece; property++)
                {
                    bytes.Write(piece);
                }
            }

            records.Add(StepRecord.FromBytes(bytes.ToArray()));
        }

        return records;
    }

    public static int Size(TableEntity row) => 256 + ((IDictionary<string, object>)row).Values.OfType<byte[]>().Sum(piece => piece.Length);
}
