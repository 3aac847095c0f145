using System.Buffers;
using System.Text;
using Azure.Data.Tables;

namespace LdapSync.Storage.Batches;

/// <summary>
/// The limits of Table storage, which the emulator does not enforce: keys of at most 1 KiB without <c>/ \ # ?</c> and control characters, strings and
/// binaries of at most 64 KiB, 252 properties, 1 MiB per entity (Microsoft Learn, "Understanding the Table service data model").
/// </summary>
internal static class EntityLimits
{
    public const int MaxOperations = 100;
    public const int MaxRowsInPage = 1000;
    public const int MaxKeyLength = 512;
    public const int MaxStringLength = 32 * 1024;
    public const int MaxProperties = 252;
    public const int MaxEntityBytes = 1024 * 1024;

    /// <summary>A transaction's body stays under 4 MiB with this much by <see cref="Check"/>'s estimate; one entity of any legal size fits.</summary>
    public const int MaxBatchBytes = 3_900_000;

    private static readonly SearchValues<char> IllegalInKeys = SearchValues.Create(Illegal());

    // What JSON certainly leaves as it is.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ,.-_=@:;()[]{}!?*#$%/|~^");

    /// <summary>Checks one entity.</summary>
    /// <returns>At most how many bytes it takes in a transaction's body.</returns>
    /// <exception cref="ArgumentException">A limit is broken; names the property, never its value.</exception>
    public static int Check(TableEntity entity)
    {
        CheckKey("PartitionKey", entity.PartitionKey);
        CheckKey("RowKey", entity.RowKey);

        // Sizes as the service counts them, and as JSON: an escaped character takes six bytes.
        var stored = 4 + (2 * (entity.PartitionKey.Length + entity.RowKey.Length));
        var sent = 900 + (18 * (entity.PartitionKey.Length + entity.RowKey.Length));
        var properties = 0;
        foreach (var (name, value) in entity)
        {
            if (name is "PartitionKey" or "RowKey" or "Timestamp" or "odata.etag" || value is null)
            {
                continue;
            }

            properties++;
            var length = value switch { string text => text.Length, byte[] bytes => bytes.Length, _ => 0 };
            if (length > (value is string ? MaxStringLength : 2 * MaxStringLength))
            {
                throw new ArgumentException($"The property {name} is longer than the 64 KiB that a table stores: it has {length} characters or bytes.");
            }

            stored += 8 + (2 * name.Length) + (value is string ? (2 * length) + 4 : value is byte[]? length + 4 : 16);
            sent += (2 * name.Length) + 60 + (value is string s ? JsonLength(s) : 2 * length);
        }

        if (properties > MaxProperties)
        {
            throw new ArgumentException($"The entity has {properties} properties; a table stores at most {MaxProperties}.");
        }

        if (stored > MaxEntityBytes)
        {
            throw new ArgumentException($"The entity takes {stored} bytes; a table stores at most {MaxEntityBytes}. Its longest property is {Longest(entity)}.");
        }

        return sent;
    }

    public static void CheckKey(string kind, string? key)
    {
        if (key is null)
        {
            throw new ArgumentException($"The {kind} is missing.");
        }

        if (key.Length > MaxKeyLength)
        {
            throw new ArgumentException($"The {kind} is longer than 1 KiB: it has {key.Length} characters; at most {MaxKeyLength} are allowed.");
        }

        var illegal = key.AsSpan().IndexOfAny(IllegalInKeys);
        if (illegal >= 0)
        {
            throw new ArgumentException($"The {kind} has a character that table keys must not have (U+{(int)key[illegal]:X4} at position {illegal}).");
        }
    }

    private static int JsonLength(string text)
    {
        var length = 0;
        foreach (var character in text)
        {
            length += Plain.Contains(character) ? 1 : 6;
        }

        return length;
    }

    private static string Longest(TableEntity entity) =>
        entity.Where(property => property.Value is string or byte[])
            .MaxBy(property => property.Value is string text ? 2 * text.Length : ((byte[])property.Value).Length).Key;

    private static string Illegal()
    {
        var characters = new StringBuilder(@"/\#?");
        for (var control = '\u0000'; control <= '\u009f'; control++)
        {
            if (char.IsControl(control))
            {
                characters.Append(control);
            }
        }

        return characters.ToString();
    }
}
