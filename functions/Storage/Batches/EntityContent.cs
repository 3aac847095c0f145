using Azure.Data.Tables;

namespace LdapSync.Storage.Batches;

/// <summary>Whether two entities say the same, apart from keys and what the service adds.</summary>
internal static class EntityContent
{
    public static bool Same(TableEntity one, TableEntity other)
    {
        var count = 0;
        foreach (var (name, value) in one)
        {
            if (IsService(name) || value is null)
            {
                continue;
            }

            count++;
            if (!other.TryGetValue(name, out var there) || !Equal(value, there))
            {
                return false;
            }
        }

        return count == other.Count(property => !IsService(property.Key) && property.Value is not null);
    }

    /// <summary>Whether an entity has all these properties with these values.</summary>
    public static bool Contains(TableEntity entity, TableEntity properties) =>
        properties.All(property => IsService(property.Key) || (entity.TryGetValue(property.Key, out var there) && property.Value is not null && Equal(property.Value, there)));

    private static bool Equal(object value, object? there) => (value, there) switch
    {
        (byte[] bytes, byte[] others) => bytes.AsSpan().SequenceEqual(others),
        (int number, long other) => number == other,
        (long number, int other) => number == other,
        _ => value.Equals(there),
    };

    private static bool IsService(string name) =>
        name is "PartitionKey" or "RowKey" or "Timestamp" or "odata.etag" || name.StartsWith("odata.", StringComparison.Ordinal);
}
