using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;

namespace LdapSync.RecordsBackup;

/// <summary>
/// One entity as one line of JSON: <c>{"p":PARTITION,"r":ROW,"v":{NAME:[TYPE,VALUE]}}</c>. Each value carries its type, so that what comes
/// back is what was there. ETag and time stamp are the service's own and are left out.
/// </summary>
public static class EntityLine
{
    private static readonly string[] Own = ["odata.etag", "PartitionKey", "RowKey", "Timestamp"];

    public static string Write(TableEntity entity)
    {
        var values = entity.Where(item => !Own.Contains(item.Key) && item.Value is not null)
            .ToDictionary(item => item.Key, item => TypeAndText(entity.PartitionKey, item.Key, item.Value), StringComparer.Ordinal);
        return JsonSerializer.Serialize(new Line(entity.PartitionKey, entity.RowKey, values), JsonSerializerOptions.Web);
    }

    /// <exception cref="InvalidDataException">The line is not one of ours.</exception>
    public static TableEntity Read(string text)
    {
        var line = JsonSerializer.Deserialize<Line>(text, JsonSerializerOptions.Web);
        if (line is not { P: not null, R: not null, V: not null })
        {
            throw new InvalidDataException("A line of the backup has no keys or no values.");
        }

        var entity = new TableEntity(line.P, line.R);
        foreach (var (name, pair) in line.V)
        {
            entity[name] = pair is [var type, var value] ? Value(type, value) : throw new InvalidDataException($"Property {name} has no type and value.");
        }

        return entity;
    }

    private static string[] TypeAndText(string partition, string name, object value) => value switch
    {
        string text => ["s", text],
        bool flag => ["b", flag ? "true" : "false"],
        int number => ["i", number.ToString(CultureInfo.InvariantCulture)],
        long number => ["l", number.ToString(CultureInfo.InvariantCulture)],
        double number => ["d", number.ToString("R", CultureInfo.InvariantCulture)],
        DateTimeOffset time => ["t", time.ToString("O", CultureInfo.InvariantCulture)],
        Guid id => ["g", id.ToString("D")],
        byte[] bytes => ["x", Convert.ToBase64String(bytes)],
        BinaryData bytes => ["x", Convert.ToBase64String(bytes)],
        _ => throw new InvalidDataException($"Property {name} in partition {partition} has the type {value.GetType().Name}, which this backup does not know."),
    };

    private static object Value(string type, string text) => type switch
    {
        "s" => text,
        "b" => text == "true",
        "i" => int.Parse(text, CultureInfo.InvariantCulture),
        "l" => long.Parse(text, CultureInfo.InvariantCulture),
        "d" => double.Parse(text, CultureInfo.InvariantCulture),
        "t" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        "g" => Guid.ParseExact(text, "D"),
        "x" => Convert.FromBase64String(text),
        _ => throw new InvalidDataException($"The backup has a value of the unknown type '{type}'."),
    };

    private sealed record Line(string P, string R, Dictionary<string, string[]> V);
}
